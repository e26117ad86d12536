"""The text that a fix writes: names come in, lines of Python go out; nothing here has seen the author's file.

accessor    the function that fills a module global on first use
slots       the functions that take a connection out of its slot and put it back
drivers     what is known of each database driver
naming      names that clash with nothing
"""
