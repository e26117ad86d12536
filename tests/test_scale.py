"""Large and deep programs have the right answer too, and nothing of ours gives way under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES, UNPARSABLE_FILE

CLIENT = "redis.Redis()"
SETTINGS = Settings(codes=frozenset(rule.code for rule in RULES))


def findings(files: Mapping[str, str]) -> tuple[Finding, ...]:
    overlay = {path: text.encode() for path, text in files.items()}
    return check(Project(Path("/nowhere/at/all"), overlay), SETTINGS).findings


def the_only(text: str) -> Finding:
    """The finding in a program with one client; the client stands where the finding is."""
    found = findings({"app.py": text})
    assert [finding.code for finding in found] == ["LCL101"], found[:3]
    (finding,) = found
    line = text.splitlines()[finding.span.row - 1]
    assert line[finding.span.column - 1 :].startswith(CLIENT)
    return finding


def handler(*body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body)
    return f"import redis\n\n\ndef lambda_handler(event, context):\n{lines}\n"


# Many


def test_a_chain_of_functions() -> None:
    links = "".join(f"\n\ndef step_{n}():\n    return step_{n + 1}()\n" for n in range(3_000))
    text = handler("return step_0()") + links + f"\n\ndef step_3000():\n    return {CLIENT}\n"
    finding = the_only(text)
    assert len(finding.path) == 3_003
    assert [step.name for step in finding.path[:2]] == ["lambda_handler", "step_0"]
    assert finding.path[-2].name == "step_3000"


def test_a_chain_that_is_called_from_its_end_first() -> None:
    links = "".join(f"\n\ndef step_{n}(c=None):\n    return step_{n - 1}(c)\n" for n in range(1_000, 0, -1))
    text = handler("return step_1000()") + links + f"\n\ndef step_0(c):\n    return c or {CLIENT}\n"
    assert len(the_only(text).path) == 1_003


def test_a_chain_of_modules() -> None:
    files = {
        f"m{n}.py": f"from m{n + 1} import work as further\n\n\ndef work():\n    return further()\n" for n in range(200)
    }
    files["app.py"] = "from m0 import work\n\n\ndef lambda_handler(event, context):\n    return work()\n"
    files["m200.py"] = f"import redis\n\n\ndef work():\n    return {CLIENT}\n"
    (finding,) = findings(files)
    assert (finding.filename, finding.span.row, len(finding.path)) == ("m200.py", 5, 203)


def test_mutual_recursion() -> None:
    ring = "".join(
        (
            f"\n\ndef turn_{n}(depth):\n    if depth:\n"
            f"        turn_{(n + 1) % 300}(depth - 1)\n        turn_{(n * 7 + 3) % 300}(depth)\n"
        )
        for n in range(299)
    )
    last = f"\n\ndef turn_299(depth):\n    turn_0(depth)\n    return {CLIENT}\n"
    finding = the_only(handler("return turn_0(3)") + ring + last)
    assert finding.path[0].name == "lambda_handler"
    assert len(finding.path) < 30  # the shortest way, and not the one around the ring


def test_modules_that_import_each_other() -> None:
    files = {
        f"m{n}.py": f"import redis\nimport m{(n + 1) % 50}\n\n\ndef work(n):\n    return m{(n + 1) % 50}.work(n - 1)\n"
        for n in range(49)
    }
    files["m49.py"] = f"import redis\nimport m0\n\n\ndef work(n):\n    m0.work(n)\n    return {CLIENT}\n"
    files["app.py"] = "import m0\n\n\ndef lambda_handler(event, context):\n    return m0.work(9)\n"
    (finding,) = findings(files)
    assert (finding.filename, finding.span.row) == ("m49.py", 7)


def test_handlers_that_share_one_helper() -> None:
    files = {
        f"f{n:04}/app.py": (
            "from shared.store import connect\n\n\ndef lambda_handler(event, context):\n    return connect()\n"
        )
        for n in range(1_000)
    }
    files["shared/store.py"] = f"import redis\n\n\ndef connect():\n    return {CLIENT}\n"
    (finding,) = findings(files)
    assert (finding.filename, finding.span.row) == ("shared/store.py", 5)
    assert [each.filename for each in finding.handlers] == sorted(path for path in files if path.startswith("f"))
    assert "999 more handlers" in finding.message


def test_one_module_with_many_clients() -> None:
    found = findings({"app.py": handler(*(f"c{n} = {CLIENT}" for n in range(1_000)))})
    assert [(finding.span.row, finding.code) for finding in found] == [(row, "LCL101") for row in range(5, 1_005)]


def test_a_helper_that_is_called_in_many_ways() -> None:
    calls = [f"connect('host-{n}', port={n})" for n in range(300)]
    text = handler(*calls) + "\n\ndef connect(host, port):\n    return redis.Redis()\n"
    assert len(the_only(text).path) == 3


def test_a_helper_that_is_called_with_what_grows() -> None:
    text = handler("return grow([])") + f"\n\ndef grow(x):\n    {CLIENT}\n    return grow([x, x])\n"
    assert len(the_only(text).path) == 3


def test_functions_that_take_functions() -> None:
    wrapped = "work"
    for n in range(12):  # what a function closes over is followed that far, and not much farther
        wrapped = f"wrap_{n}({wrapped})"
    wrappers = "".join(
        f"\n\ndef wrap_{n}(f):\n    def inner(*args):\n        return f(*args)\n    return inner\n" for n in range(12)
    )
    text = handler(f"return {wrapped}(1)") + wrappers + f"\n\ndef work(x):\n    return {CLIENT}\n"
    assert the_only(text).path[-2].name == "work"


def test_many_branches_after_each_other() -> None:
    branches = [f"x = {n} if event.get('{n}') else helper(x, event)" for n in range(300)]
    text = handler("x = None", *branches, f"return {CLIENT}") + "\n\ndef helper(x, e):\n    return x or e\n"
    assert the_only(text).span.row == 306


def test_a_class_hierarchy() -> None:
    classes = (
        f"\n\nclass C0:\n    def __init__(self):\n        self.setup()\n\n"
        f"    def setup(self):\n        return {CLIENT}\n"
    )
    for n in range(1, 40):
        classes += f"\n\nclass C{n}(C{n - 1}):\n    def setup(self):\n        return super().setup()\n"
    finding = the_only(handler("return C39()") + classes)
    assert [step.name for step in finding.path[:3]] == ["lambda_handler", "C0.__init__", "C39.setup"]
    assert finding.path[-2].name == "C0.setup"
    assert len(finding.path) == 43


def test_a_class_hierarchy_of_diamonds() -> None:
    classes = f"\n\nclass D0:\n    def work(self):\n        return {CLIENT}\n"
    for n in range(1, 14):
        classes += f"\n\nclass L{n}(D{n - 1}): pass\n\n\nclass R{n}(D{n - 1}): pass\n\n\nclass D{n}(L{n}, R{n}): pass\n"
    assert the_only(handler("return D13().work()") + classes).path[-2].name == "D0.work"


# Deep


@pytest.mark.parametrize("count", [500, 2_000])
def test_elif(count: int) -> None:
    chain = [f"elif event == {n}:\n        return {n}" for n in range(count)]
    text = handler("if event is None:\n        return 0", *chain, f"else:\n        return {CLIENT}")
    assert the_only(text).span.row == 2 * count + 8


def test_nested_ifs() -> None:
    ifs = [f"{'    ' * n}if event[{n}]:" for n in range(60)]
    the_only(handler(*ifs, f"{'    ' * 60}return {CLIENT}"))


def test_nested_functions() -> None:
    lines = [f"{'    ' * n}def f{n}():" for n in range(40)]
    lines += [f"{'    ' * 40}return {CLIENT}"]
    lines += [f"{'    ' * n}return f{n}()" for n in range(39, -1, -1)]
    assert len(the_only(handler(*lines)).path) == 42


def test_nested_loops_and_tries() -> None:
    lines = [f"{'    ' * n}{'for x in range(9):' if n % 2 else 'try:'}" for n in range(40)]
    lines.append(f"{'    ' * 40}{CLIENT}")
    lines += [f"{'    ' * n}finally: print()" for n in range(38, -1, -2)]
    the_only(handler(*lines))


EXPRESSIONS: Mapping[str, Callable[[int], str]] = {
    "calls in calls": lambda n: "f(" * n + CLIENT + ")" * n,
    "lists in lists": lambda n: "[" * n + CLIENT + "]" * n,
    "chain of methods": lambda n: "a" + ".b(1)" * n + f".c({CLIENT})",
    "chain of subscripts": lambda n: "a" + "[0]" * n + f"[{CLIENT}]",
    "sum": lambda n: "a + " * n + CLIENT,
    "or": lambda n: "a() or " * n + CLIENT,
    "implicit concatenation": lambda n: f"f({CLIENT}, {chr(39) * 2 + ' '}{(chr(39) + 'x' + chr(39) + ' ') * n})",
    "conditional": lambda n: "a if b() else " * n + CLIENT,
    "not": lambda n: "not " * n + CLIENT,
    "lambda": lambda n: f"f({CLIENT}, " + "lambda: " * n + "1)",
    "comparison": lambda n: "a < " * n + CLIENT,
    "comprehension": lambda n: f"[{CLIENT} " + " ".join(f"for x{i} in y" for i in range(n)) + "]",
    "arguments": lambda n: f"f({'a, ' * n}{CLIENT}, {', '.join(f'k{i}=1' for i in range(n))})",
    "list": lambda n: f"[{'1, ' * n}{CLIENT}]",
    "dictionary": lambda n: "{" + "".join(f"'{i}': {i}, " for i in range(n)) + f"'c': {CLIENT}}}",
    "f-string": lambda n: "f'" + "{a}" * n + f"{{{CLIENT}}}'",
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_deep_and_long_expressions(expression: Callable[[int], str]) -> None:
    the_only(handler(f"return {expression(400)}"))


@pytest.mark.parametrize(
    "expression",
    [
        "a + " * 5_000 + "b",
        "a" + ".b(1)" * 4_000,
        "a" + "[0]" * 4_000,
        "a" + "[0:1]" * 1_900,
        "not " * 5_000 + "b",
        "~" * 8_000 + "b",
        "~\\\n" * 8_000 + "b",
        "a and " * 8_000 + "b",
        "a or " * 8_000 + "b",
        "1 if a else " * 1_900 + "b",
        "lambda: " * 8_000 + "b",
        "lambda a=(), *, b=1: " * 8_000 + "b",
    ],
    ids=[
        "sum",
        "chain of methods",
        "chain of subscripts",
        "chain of slices",
        "not",
        "invert",
        "continued lines",
        "and",
        "or",
        "conditional",
        "lambda",
        "lambda with parameters",
    ],
)
def test_expressions_that_the_parser_would_not_end_with(expression: str) -> None:
    (problem,) = findings({"app.py": handler(f"x = {expression}", f"return {CLIENT}")})
    assert problem.code == UNPARSABLE_FILE
    assert problem.span.row == 5 or "\n" in expression
    assert "an expression is too long" in problem.message


def test_many_short_expressions_are_no_long_one() -> None:
    rows = ["x = [" + "1 if a else 2, " * 3_000 + "]", "y = {" + "1: lambda a, b=2: a and b[0], " * 3_000 + "}"]
    rows += ["if event:", *["    x = a or ~b[0]"] * 3_000, "else:", "    x = 1"] * 2
    the_only(handler(*rows, f"return {CLIENT}"))


def test_long_texts_are_no_long_expressions() -> None:
    text = handler(f"x = '{'a+b/c.d' * 2_000}'", f'y = """{"a.b + " * 5_000}"""', f"return {CLIENT}")
    the_only(text)


def test_functions_that_all_call_many_others() -> None:
    count = 500
    functions = "".join(
        f"\n\ndef turn_{n}(x):\n" + "".join(f"    turn_{(n * 7 + k * k + 1) % count}(x)\n" for k in range(20))
        for n in range(count)
    )
    text = handler("turn_0(event)", "return last()") + functions + f"\n\ndef last():\n    return {CLIENT}\n"
    assert len(the_only(text).path) == 3
