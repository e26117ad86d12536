"""``python -m lambda_conn_lint``."""

from __future__ import annotations

from lambda_conn_lint.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
