"""What a run asks of a project: all that its answer depends on beside the project's files."""

from __future__ import annotations

from pathlib import Path

from lambda_conn_lint.cache.records import key_of
from lambda_conn_lint.targets import Target

IMMATERIAL = frozenset(
    {
        "paths",
        "given",
        "config",
        "isolated",
        "fix",
        "diff",
        "show_fixes",
        "output_format",
        "list_format",
        "output_file",
        "statistics",
        "exit_zero",
        "exit_non_zero_on_fix",
        "color",
        "quiet",
        "verbose",
        "cache",
        "cache_dir",
    }
)
"""Options that only say where settings come from, or what happens with what is found. All others count."""

_RELATIVE = ("exclude", "per_file_ignores")  # options with patterns that are relative to a folder


def question(target: Target, cwd: Path, purpose: str) -> str:
    """The question of a run with this purpose, such as findings with their fixes or without."""
    options = {name: value for name, value in vars(target.options).items() if name not in IMMATERIAL}
    bases = [str(target.loaded.base(name, cwd)) for name in _RELATIVE if options[name]]
    return repr((purpose, options, bases, target.wanted, target.elsewhere, _baseline(target)))


def _baseline(target: Target) -> str:
    """A digest of the project's baseline; nothing where none counts or none can be read."""
    try:
        return key_of(target.baseline.read_bytes()) if target.options.use_baseline else ""
    except OSError:
        return ""
