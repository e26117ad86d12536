"""Programs of one extreme shape each, of any size: files by path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

_HANDLER = "import boto3\n\n\ndef lambda_handler(event, context):\n    return f0(event)\n"

_STEP = '''

def f{number}(event):
    """Add up what step {number} has to do."""
    items = [item for item in event.get("records", []) if item["kind"] == {number}]
    total = 0
    for item in items:
        if item.get("skip"):
            continue
        total += item.get("amount", 0) * 2 + {number}
    try:
        result = {{"step": {number}, "total": total, "names": [item["name"] for item in items]}}
    except KeyError as error:
        print("no name:", error)
        result = None
    if result is not None and total > 10:
        table = boto3.resource("dynamodb").Table("step-{number}")
        table.put_item(Item=result)
    return {following}
'''


def long_module(lines: int) -> dict[str, str]:
    """One module of about that many lines; each tenth function ends a chain, and the handler calls all chains."""
    count = max(1, lines // _STEP.count("\n"))
    ends = {number for number in range(count) if number % 10 == 9} | {count - 1}
    steps = (
        _STEP.format(number=number, following="None" if number in ends else f"f{number + 1}(event)")
        for number in range(count)
    )
    calls = "".join(f"    f{number}(event)\n" for number in range(0, count, 10))
    return {"app.py": f"import boto3\n\n\ndef lambda_handler(event, context):\n{calls}{''.join(steps)}"}


def chain(functions: int) -> dict[str, str]:
    """Functions that call each the next one, and the last one a constructor."""
    links = "".join(f"\n\ndef f{n}(event):\n    return f{n + 1}(event)\n" for n in range(functions - 1))
    return {"app.py": f'{_HANDLER}{links}\n\ndef f{functions - 1}(event):\n    return boto3.client("s3")\n'}


def clique(functions: int) -> dict[str, str]:
    """Functions that call all of each other through a table of them."""
    text = "".join(f"\n\ndef f{n}(event):\n    return [each(event) for each in EVERY]\n" for n in range(functions - 1))
    text += f'\n\ndef f{functions - 1}(event):\n    return boto3.client("s3")\n'
    names = "".join(f"    f{n},\n" for n in range(functions))
    return {"app.py": f"{_HANDLER}{text}\n\nEVERY = (\n{names})\n"}


def written_clique(functions: int) -> dict[str, str]:
    """Functions that call all of each other by name, which makes the square of their number of calls."""
    calls = "".join(f"    f{n}(event)\n" for n in range(functions))
    text = "".join(f"\n\ndef f{n}(event):\n{calls}" for n in range(functions))
    return {"app.py": f'{_HANDLER}{text}    return boto3.client("s3")\n'}


def shared_helper(handlers: int) -> dict[str, str]:
    """Handlers in files of their own that call one helper."""
    handler = (
        "from shared.store import connect\n\n\ndef lambda_handler(event, context):\n    return connect().get_item()\n"
    )
    files = {f"f{n}/app.py": handler for n in range(handlers)}
    files["shared/store.py"] = 'import boto3\n\n\ndef connect():\n    return boto3.client("dynamodb")\n'
    return files


SHAPES: Mapping[str, tuple[int, Callable[[int], dict[str, str]]]] = MappingProxyType(
    {
        "one module, lines": (20_000, long_module),
        "a chain, functions": (10_000, chain),
        "a clique, functions": (2_000, clique),
        "a clique by name, calls": (40_000, lambda calls: written_clique(round(calls**0.5))),
        "handlers with one helper": (5_000, shared_helper),
    }
)
"""What a shape is and what its size counts, with the size and what makes it."""
