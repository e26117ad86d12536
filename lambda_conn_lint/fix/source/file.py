"""One file with all that is asked about it."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.source.layout import Layout
from lambda_conn_lint.fix.source.origins import Origins
from lambda_conn_lint.fix.source.scopes import Scopes
from lambda_conn_lint.fix.source.snippets import Snippets
from lambda_conn_lint.fix.source.text import Text
from lambda_conn_lint.fix.source.tree import Tree


class SourceFile:
    """One file that may be fixed, and what libcst has made of its bytes, if at hand. Raises ``TextError``."""

    def __init__(self, path: str, data: bytes, module: cst.Module | None = None) -> None:
        self.path = path
        self.text = Text(data)
        self.tree = Tree(self.text, module)
        self.scopes = Scopes(self.tree)
        self.origins = Origins(self.tree, self.scopes)
        self.snippets = Snippets(self.tree)
        self.layout = Layout(self.tree, self.scopes, self.origins, self.snippets)
