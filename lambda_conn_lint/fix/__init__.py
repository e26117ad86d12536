"""The fix: edits that hoist a client out of a handler. Loaded only where one is asked for.

Each imports only what stands below it:

    rounds      a project's fixes, round by round; verify is the gate behind each, write puts them on disk
    planning    one file's findings -> fixes, or reasons
    edits       what is kept -> changes of the text that fit together
    keep        one construction: whether it can be kept, and what that takes
    judge       questions of proof about expressions, variables and the program
    templates   the text that is written
    source      one file as its author wrote it, and edits of it
    uses        what may happen to a client, over the whole project
"""
