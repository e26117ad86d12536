"""What words, and one parse by ``ast`` where they do not tell, can rule out for a file before libcst is imported.

    handlers       that it defines a handler
    constructions  that what its functions do can be a finding
    syntax         the parse, which both share

Each gives one bit and no facts. A file that the running interpreter cannot parse is not ruled out: libcst knows newer
syntax.
"""
