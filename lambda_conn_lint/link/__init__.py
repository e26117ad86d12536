"""From facts to findings: names, classes, once-regions, dependence and reach over the whole project.

The linker runs the facts of the program abstractly. A function is run once per *context*: the receiver, what is known
of its arguments, and the *phase* (once per process, or on every invocation). Import-time code runs in the process
phase, handlers in the invocation phase, and a once-region switches back to the process phase for all that it calls.
A construction met in the invocation phase is a finding; everything else follows from that one rule.
"""
