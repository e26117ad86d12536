"""Our options as flake8's: ``--lambda-conn-*``, and the same names in setup.cfg, tox.ini and .flake8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.option_types import Option
from lambda_conn_lint.options import declared, spelled_name

if TYPE_CHECKING:
    import argparse

    from flake8.options.manager import OptionManager

_PREFIX = "lambda-conn-"


def register(manager: OptionManager) -> None:
    """Declare every option of ours that may be given to flake8. Its value is ``None`` where it is not given."""
    for _, spelled, option in _ours():
        how: dict[str, Any] = {"metavar": option.metavar, "comma_separated_list": option.type == "list"}
        if option.type == "flag":
            how = {"action": "store_true"}
        elif option.metavar == "FILE":
            how["normalize_paths"] = True
        manager.add_option(
            f"--{spelled}", default=None, parse_from_config=True, help=option.help.replace("%", "%%"), **how
        )


def given(options: argparse.Namespace) -> dict[str, object]:
    """What the user set, by the names of fields of ``Options``.

    Raises ``flake8.exceptions.ExecutionError`` for a value that makes no sense: flake8 shows its text and stops.
    """
    values: dict[str, object] = {}
    for name, spelled, option in _ours():
        value = getattr(options, spelled.replace("-", "_"))
        if value is not None:
            values[name] = _checked(spelled, option, value)
    return values


def _checked(spelled: str, option: Option, value: Any) -> object:
    try:
        if option.type == "list":
            return tuple(map(option.item.read, value))
        return value if option.type == "flag" else option.item.read(value)
    except ValueError as error:
        from flake8.exceptions import ExecutionError

        raise ExecutionError(f"{spelled}: {error}") from None


def _ours() -> Iterator[tuple[str, str, Option]]:
    """The name of each field, its spelling in flake8 and how it is given."""
    for name, _, option in declared("flake8"):
        yield name, _PREFIX + (option.flake8 or option.name or spelled_name(name)), option
