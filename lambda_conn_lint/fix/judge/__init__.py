"""Questions of proof: is this constant, does it change, who else gets it?

ground      the project that is asked about: files, facts, uses; it remembers answers
refusal     how every judge says no
purity, globals, constants, slice
            may an expression be evaluated elsewhere, and what has to come along
holding, derived, following, cursors, managers
            what a variable holds, and for how long
environment, sessions
            what the program does to its process and to its database sessions
"""
