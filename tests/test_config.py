"""The settings of a project: which file counts, what wins, and what is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lambda_conn_lint.client_table import Declared
from lambda_conn_lint.config import ConfigError, Loaded, load
from lambda_conn_lint.options import Options


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path.resolve()
    monkeypatch.chdir(root)
    return root


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


OURS = "[tool.lambda-conn-lint]\n"
CFG = "[lambda-conn-lint]\n"


def _table(text: str, root: Path, name: str = "pyproject.toml") -> Loaded:
    _write(root, {name: (OURS if name.endswith(".toml") else CFG) + text})
    return load(root, {})


# Which file


@pytest.mark.parametrize(
    ("files", "start", "source"),
    [
        pytest.param({"pyproject.toml": OURS + "fix = true"}, "a/b", "pyproject.toml:2", id="upwards"),
        pytest.param(
            {"pyproject.toml": OURS + "fix = false", "a/pyproject.toml": OURS + "fix = true"},
            "a/b",
            "a/pyproject.toml:2",
            id="the nearest",
        ),
        pytest.param(
            {"pyproject.toml": OURS + "fix = true", "a/pyproject.toml": "[tool.ruff]\n"},
            "a/b",
            "pyproject.toml:2",
            id="without our table it does not count",
        ),
        pytest.param({"setup.cfg": CFG + "fix = yes"}, "a/b/x.py", "setup.cfg:2", id="setup.cfg, from a file"),
        pytest.param(
            {"pyproject.toml": OURS + "fix = true", "setup.cfg": CFG + "fix = no"},
            "a",
            "pyproject.toml:2",
            id="pyproject.toml before setup.cfg",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.ruff]", "setup.cfg": CFG + "fix = 1"}, "a", "setup.cfg:2", id="whichever has it"
        ),
    ],
)
def test_the_nearest_file_counts(tree: Path, files: dict[str, str], start: str, source: str) -> None:
    _write(tree, {**files, "a/b/x.py": ""})
    loaded = load(tree / start, {})
    assert loaded.options.fix is True
    assert loaded.sources["fix"] == source
    assert loaded.path == tree / source.partition(":")[0]


def test_without_a_file_everything_is_the_default(tree: Path) -> None:
    loaded = load(tree, {})
    if loaded.path is not None:
        pytest.skip(f"{loaded.path} is above the folder for temporary files")
    assert loaded.options == Options()
    assert set(loaded.sources.values()) == {"default"}


def test_what_is_given_wins(tree: Path) -> None:
    _write(tree, {"pyproject.toml": OURS + 'fix = true\nselect = ["LCL1"]\nignore = ["LCL103"]'})
    loaded = load(tree, {"fix": False, "select": ("LCL301",), "fix_style": "global"})
    assert loaded.options == Options(fix=False, select=("LCL301",), ignore=("LCL103",))
    told = {"fix": "command line", "select": "command line", "ignore": "pyproject.toml:4", "fix_style": "command line"}
    assert {name: loaded.sources[name] for name in told} == told
    assert loaded.sources["exclude"] == "default"


def test_a_named_file_is_read_in_place_of_the_nearest(tree: Path) -> None:
    _write(
        tree,
        {
            "pyproject.toml": OURS + "fix = true",
            "other/shared.toml": OURS + 'exclude = ["gen/x"]',
            "other/tox.ini": CFG + "exclude = gen/x",
        },
    )
    for name, row in (("shared.toml", 2), ("tox.ini", 2)):
        loaded = load(tree / "a", {}, config=Path("other") / name)
        assert loaded.options == Options(exclude=("gen/x",))
        assert loaded.sources["exclude"] == f"other/{name}:{row}"
        assert loaded.base("exclude", tree) == tree


def test_isolated_reads_no_file(tree: Path) -> None:
    _write(tree, {"pyproject.toml": OURS + "broken = true"})
    loaded = load(tree, {"fix": True}, isolated=True)
    assert (loaded.options, loaded.path) == (Options(fix=True), None)


def test_patterns_are_relative_to_where_they_stand(tree: Path) -> None:
    _write(tree, {"a/pyproject.toml": OURS + 'exclude = ["gen/x"]'})
    assert load(tree / "a", {}).base("exclude", tree) == tree / "a"
    assert load(tree / "a", {"exclude": ("gen/x",)}).base("exclude", tree) == tree
    assert load(tree / "a", {}).base("per_file_ignores", tree) == tree


def test_a_file_that_has_changed_is_read_again(tree: Path) -> None:
    assert _table("fix = true", tree).options.fix
    assert not _table("fix = false", tree).options.fix


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("nowhere.toml", None, "nowhere.toml: cannot be read: No such file or directory"),
        ("empty.toml", "", "empty.toml: has no table [tool.lambda-conn-lint]"),
        ("empty.cfg", "[flake8]\n", "empty.cfg: has no table [lambda-conn-lint]"),
        ("bad.toml", "[tool.lambda-conn-lint\n", "bad.toml:1: not valid TOML: "),
    ],
)
def test_a_named_file_has_to_be_right(tree: Path, name: str, text: str | None, message: str) -> None:
    if text is not None:
        _write(tree, {name: text})
    with pytest.raises(ConfigError) as caught:
        load(tree, {}, config=Path(name))
    assert str(caught.value).startswith(message)


# What stands in it

TOML = """\
select = ["LCL1", "ALL"]
extend-select = []
exclude = ["gen", "a b/*.py"]
fix = true
force-exclude = false
fix-style = "cached"
output-format = "json"
handler-pattern = ["jobs.*:run"]
handler-decorators = ["mycompany.entry"]
memoising-decorators = ["mycompany.once", "x.y.z"]
platforms = ["aws"]
extend-safe-fixes = ["LCL105"]
[tool.lambda-conn-lint.per-file-ignores]
"tests/*" = ["LCL1", "LCL301"]
"gen.py" = ["ALL"]
[tool.lambda-conn-lint.clients]
"mycompany.db.connect" = {kind = "database", close = ["close", "pool.close"], thread-safe = false}
"mycompany.db.Pool" = "cache"
"requests.Session" = "off"
"""

INI = """\
select = LCL1, ALL
extend-select =
exclude =
    gen
    a b/*.py
fix = yes
force-exclude: off
fix-style = cached
output-format = json
handler-pattern = jobs.*:run
handler-decorators = mycompany.entry
memoising-decorators =
    mycompany.once
    # and
    x.y.z
platforms = aws
extend-safe-fixes = LCL105
per-file-ignores =
    tests/*: LCL1, LCL301
    gen.py:ALL

[lambda-conn-lint:clients]
mycompany.db.Pool = cache
requests.Session = off

[lambda-conn-lint:clients:mycompany.db.connect]
kind = database
close = close, pool.close
thread-safe = no
"""


def test_both_files_say_the_same(tree: Path) -> None:
    (tree / "a").mkdir()
    toml = _table(TOML, tree).options
    ini = _table(INI, tree / "a", "setup.cfg").options
    connect = (("kind", "database"), ("close", ("close", "pool.close")), ("thread-safe", False))
    assert toml == Options(
        select=("LCL1", "ALL"),
        exclude=("gen", "a b/*.py"),
        fix=True,
        force_exclude=False,
        fix_style="cached",
        output_format="json",
        handler_pattern=("jobs.*:run",),
        handler_decorators=("mycompany.entry",),
        memoising_decorators=("mycompany.once", "x.y.z"),
        platforms=("aws",),
        extend_safe_fixes=("LCL105",),
        per_file_ignores=(("tests/*", ("LCL1", "LCL301")), ("gen.py", ("ALL",))),
        clients=(
            Declared("mycompany.db.connect", connect),
            Declared("mycompany.db.Pool", (("kind", "cache"),)),
            Declared("requests.Session", (("kind", "off"),)),
        ),
    )
    assert set(toml.clients) == set(ini.clients)
    assert Options(**{**vars(ini), "clients": ()}) == Options(**{**vars(toml), "clients": ()})


def test_tables_of_setup_cfg_in_other_spellings(tree: Path) -> None:
    one = _table("clients = a.b: database\n  c.d:off\n", tree, "setup.cfg").options
    assert one.clients == (Declared("a.b", (("kind", "database"),)), Declared("c.d", (("kind", "off"),)))
    text = "[lambda-conn-lint:per-file-ignores]\ntests/* = LCL1 , LCL2\n"
    assert _table(text, tree, "setup.cfg").options.per_file_ignores == (("tests/*", ("LCL1", "LCL2")),)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('selct = ["LCL1"]', "2: unknown key 'selct', the nearest valid one is 'select'"),
        ("\n\nfix-stile = 1", "4: unknown key 'fix-stile', the nearest valid one is 'fix-style'"),
        ("fix_style = 1", "2: unknown key 'fix_style', the nearest valid one is 'fix-style'"),
        ("quiet = true", "2: unknown key 'quiet', the nearest valid one is "),
        (
            'select = [\n  "LCL1",\n  "LCL1O1",\n]',
            "4: unknown rule selector 'LCL1O1', the nearest valid one is 'LCL101'",
        ),
        ('select = "LCL1"', "2: 'select' has to be a list of strings, not the string 'LCL1'"),
        ("select = true", "2: 'select' has to be a list of strings, not true"),
        ('select = ["LCL1",\n3]', "3: 'select' has to be a list of strings, but holds 3"),
        ('fix = "yes"', "2: 'fix' has to be true or false, not the string 'yes'"),
        ("fix = 1", "2: 'fix' has to be true or false, not 1"),
        ("fix-style = true", "2: 'fix-style' has to be a string, not true"),
        ('fix-style = "lazy"', "2: 'fix-style' cannot be 'lazy', the nearest valid value is 'global'"),
        ('output-format = "jsn"', "2: 'output-format' cannot be 'jsn', the nearest valid value is 'json'"),
        ("output-format = 2020-01-01", "2: 'output-format' has to be a string, not datetime.date(2020, 1, 1)"),
        ('exclude = ["a", " "]', "2: a pattern must not be empty"),
        ('handler-pattern = ["src/app.handler"]', "2: 'src/app.handler' is neither 'module:function' nor "),
        ('handler-decorators = ["entry"]', "2: 'entry' is not a qualified name such as 'package.module.function'"),
        ('platforms = ["aws", "gcp"]', "2: 'gcp' is not valid, the nearest valid value is "),
        ('per-file-ignores = ["a"]', "2: 'per-file-ignores' has to be a table, not a list"),
        (
            '[tool.lambda-conn-lint.per-file-ignores]\n"a" = "LCL1"',
            "3: 'a' has to be a list of strings, not the string",
        ),
        ('per-file-ignores."a" = ["LCL9"]', "2: unknown rule selector 'LCL9', the nearest valid one is "),
        ('per-file-ignores."" = ["LCL1"]', "2: a pattern must not be empty"),
        ('clients.connect = "sql"', "2: 'connect' is not a qualified name such as "),
        ('clients."a.b" = "databas"', "2: 'kind' cannot be 'databas', the nearest valid value is 'database'"),
        ('clients."a.b" = 3', "2: 'a.b' has to be a table, or the text of its 'kind', not 3"),
        ('[tool.lambda-conn-lint.clients."a.b"]\nclose = ["x"]', "2: 'a.b' needs a 'kind'"),
        ('clients."a.b" = {kin = "sql"}', "2: unknown key 'kin', the nearest valid one is 'kind'"),
        (
            '[tool.lambda-conn-lint.clients."a.b"]\nkind = "sql"\nwith_exit = "none"',
            "4: unknown key 'with_exit', the nearest valid one is 'with-exit'",
        ),
        (
            '[tool.lambda-conn-lint.clients]\n"a.b" = {kind = "sql", fix = "taken"}',
            "3: 'fix' cannot be 'taken', the nearest valid value is ",
        ),
        ('clients."a.b" = {kind = "sql", close = ["close()"]}', "2: 'close()' is not the name of a method or function"),
        ("[[tool.lambda-conn-lint.clients]]\nkind = 'sql'", "2: 'clients' has to be a table, not a list"),
    ],
)
def test_errors_in_toml(tree: Path, text: str, error: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _table(text, tree)
    assert str(caught.value).startswith(f"pyproject.toml:{error}")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("selct = LCL1", "2: unknown key 'selct', the nearest valid one is 'select'"),
        ("Select = LCL1", "2: unknown key 'Select', the nearest valid one is 'select'"),
        ("select =\n  LCL1\n  # x\n  LCL1O1", "5: unknown rule selector 'LCL1O1', the nearest valid one is 'LCL101'"),
        ("fix = maybe", "2: 'fix' has to be true or false, not 'maybe'"),
        ("fix-style = lazy", "2: 'fix-style' cannot be 'lazy', the nearest valid value is 'global'"),
        ("per-file-ignores =\n  a: LCL1\n  b", "4: 'b' has no codes; the form is 'PATTERN:CODES PATTERN:CODES'"),
        ("per-file-ignores =\n  a: LCL1\n  b: LCL9", "4: unknown rule selector 'LCL9', the nearest valid one is "),
        ("[lambda-conn-lint:select]\na = b", "2: 'select' has to be a list of strings, not a table"),
        (
            "[lambda-conn-lint:clients:a.b]\nkind = sql\nknd = x",
            "4: unknown key 'knd', the nearest valid one is 'kind'",
        ),
        ("[lambda-conn-lint:client:a.b]\nkind = sql", "2: unknown key 'client', the nearest valid one is 'clients'"),
    ],
)
def test_errors_in_setup_cfg(tree: Path, text: str, error: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _table(text, tree, "setup.cfg")
    assert str(caught.value).startswith(f"setup.cfg:{error}")


def test_the_documented_files_say_the_same(tree: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    (toml,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (ini,) = re.findall(r"```ini\n(.*?)```", text, re.DOTALL)
    _write(tree, {"a/pyproject.toml": toml, "b/setup.cfg": ini})
    one, other = (vars(load(tree / folder, {}).options) for folder in ("a", "b"))
    assert set(one.pop("clients")) == set(other.pop("clients"))
    assert one == other
    assert len(one["per_file_ignores"]) == 1
