"""One file: what it is, and edits of it.

file        the whole of it, as everyone else gets it
text        its bytes as the author wrote them, and edits spliced into these
tree        libcst's tree with parents and places
scopes, origins, assigned
            what names are bound to, by scope, by import and by assignment
layout, snippets, placement, imports
            statements taken out, moved and put in; pieces of text that move
"""
