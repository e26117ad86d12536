"""Jobs -> changes of the text that fit together.

compose     the fixes of one file; rewrite is each job's part in it, patch an edit that stands for itself
inplace, entries, loans
            helpers that become accessors, ``with`` statements, connections that are lent
annotate, existing
            the accessor's annotation; accessors that are there already
liveness, leftovers, blanks
            what nobody needs any more
"""
