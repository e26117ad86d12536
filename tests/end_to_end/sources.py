"""What the sources of handlers share."""

from __future__ import annotations

import re
import textwrap


def with_work(text: str, work: str) -> str:
    """The text with ``work`` in the place of each line ``WORK``, at its indentation."""
    return re.sub(r"^( *)WORK\n", lambda found: textwrap.indent(work, found[1]), text, flags=re.MULTILINE)
