"""The fix: edits that hoist a client out of a handler. Loaded only where one is asked for.

Data flows from top to bottom:

    rounds      a project's fixes, round by round; verify and write come last
    plan        one file's findings -> jobs and patches; conditions, globals and constants say what may be kept
    shared, helper, taken, actions, closings
                one kind of finding each: what can be kept, and what that takes; uses tells what may happen to a client
    rewrite, inplace, loans, entries, compose
                jobs -> changes that fit together
    accessor, slots, drivers, naming, annotate
                the text that is written
    text, tree, scopes, origins, snippets, layout, imports, placement
                a file as its author wrote it, and edits of it
"""
