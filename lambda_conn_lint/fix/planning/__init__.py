"""One file's findings -> fixes, or the reasons why there are none.

plan        each finding to who can deal with it, and all of them together
conditions  what has to hold whatever the construction looks like
actions, closings
            findings that are no construction: set-up calls, clients that are closed too early
affected    the tests that will notice
"""
