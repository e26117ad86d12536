"""How every judge says no."""

from __future__ import annotations


class RefusalError(Exception):
    """There is no fix; the text is the reason, one plain sentence for people."""
