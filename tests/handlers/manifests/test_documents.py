"""YAML and JSON as values with rows."""

from __future__ import annotations

import json

import pytest

from lambda_conn_lint.handlers.manifests.documents import Block, DocumentError, block, load


def _one(text: str, path: str = "template.yaml") -> Block:
    (document,) = load(path, text.encode())
    return block(document)


def test_scalars_stay_as_written_and_null_is_none() -> None:
    assert _one("a: 3.10\nb: 2012-13-45\nc: yes\nd: ~\ne:\nf: 'null'\n") == {
        "a": "3.10", "b": "2012-13-45", "c": "yes", "d": None, "e": None, "f": "null",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!Sub 'x-${Stage}'", {"Fn::Sub": "x-${Stage}"}),
        ("!GetAtt Table.Arn", {"Fn::GetAtt": "Table.Arn"}),
        ("!Join ['/', [a, !Ref B]]", {"Fn::Join": ["/", ["a", {"Ref": "B"}]]}),
        ("!If [Prod, {a: b}, c]", {"Fn::If": ["Prod", {"a": "b"}, "c"]}),
        ("!Condition Prod", {"Condition": "Prod"}),
        ("!Whatever x", "x"),
        ("!!python/object:os.system x", "x"),
        ("!reference [a, b]", ["a", "b"]),
    ],
)
def test_tags(written: str, value: object) -> None:
    assert _one(f"k: {written}\n")["k"] == value


def test_rows_are_those_of_the_keys() -> None:
    document = _one("# first\nResources:\n\n  A:\n    Type: x\n  'B': {Type: y,\n    Z: z}\n")
    resources = block(document["Resources"])
    assert document.rows == {"Resources": 2}
    assert resources.rows == {"A": 4, "B": 6}
    assert block(resources["B"]).rows == {"Type": 6, "Z": 7}


def test_anchors_merge_keys_and_duplicates() -> None:
    document = _one(
        "base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\n  b: 4\ntwo: *base\nlist: {<<: [*base, {a: 9, c: 5}]}\n"
    )
    assert document["one"] == {"a": "1", "b": "4"}
    assert block(document["one"]).rows == {"a": 1, "b": 5}
    assert document["two"] == {"a": "1", "b": "2"}
    assert document["list"] == {"a": "1", "b": "2", "c": "5"}


def test_an_alias_inside_its_own_anchor_ends() -> None:
    assert _one("a: &a {b: *a, c: 1}") == {"a": {"b": None, "c": "1"}}


def test_several_documents() -> None:
    assert load("a.yaml", b"--- {a: 1}\n---\n- b\n...\n") == [{"a": "1"}, ["b"]]
    assert load("a.yaml", b"# nothing\n") == []


def test_json_with_tabs_surrogates_and_slashes() -> None:
    text = json.dumps({"A": {"quote": '"\t\\', "face": "\N{GRINNING FACE}"}, "Key": 1}, indent="\t").replace(
        "1", '"a\\/b"'
    )
    document = _one(text, "template.json")
    assert document["Key"] == "a/b"
    assert block(document["A"])["quote"] == '"\t\\'
    assert document.rows == {"A": 2, "Key": 6}


# Each is read by the parser of JSON, or has what it does not read or would read in another way than that of YAML.
JSON = [
    '{"a": [1, 2.50, -1e5, true, false, null], "b": {"true": {}}, "c": [[], [{"d": "e"}]]}',
    '{"a": "x\\n\\u00e9\\"y\\": z",\n\n "b" :\n {"c": "{\\"d\\": 1}"}, "e": ":"}',
    '\r\n{"a": 1,\r\n"b": 2,\r"c":\n3}',
    '{"a": {"b": 1, "c": 2},\n"a": {"d": 3},\n"e": 4}',
    "{a: 1, # of YAML\n 'b': [2,], \"c\": !Ref x}",
    '{"a": "first\n  second"}',
    '{"a": 1}\n---\n{"b": 2}',
    '{"a": "\u2028", "b": 1}',
    '\ufeff{"a": 1}',
]


@pytest.mark.parametrize("text", JSON)
def test_json_is_read_as_if_it_were_yaml(text: str) -> None:
    plain = f"# YAML\n{text.lstrip(chr(0xFEFF))}"
    assert _shown(load("a.json", text.encode()), 1) == _shown(load("a.yaml", plain.encode()), 0)


def _shown(value: object, below: int) -> object:
    """A value with its rows, counted from a row further up."""
    if isinstance(value, Block):
        return [(name, value.rows[name] + below, _shown(item, below)) for name, item in value.items()]
    return [_shown(item, below) for item in value] if isinstance(value, list) else value


def test_an_anchor_may_be_set_again() -> None:
    assert _one("a: &x 1\nb: *x\nc: &x 2\nd: *x\n? *x\n: e\n") == {"a": "1", "b": "1", "c": "2", "d": "2", "2": "e"}


def test_long_json_values_on_one_line() -> None:
    code = "def handler(event, context):\n" * 400
    assert block(_one(json.dumps({"Code": {"ZipFile": code}, "Z": 1}), "t.json")["Code"])["ZipFile"] == code


def test_template_engines_are_read_past_and_rows_stay() -> None:
    document = _one("{% if x\n  == 1 %}\na: {{ name }}\n  {%- else %}\nb: 1\n{% endif %}\n")
    assert document.rows == {"a": 3, "b": 5}
    assert document["b"] == "1"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a:\n\t- b\n", "line 2: "),
        (b"a: [1, 2\nb: 3\n", "line 2: "),
        (b"a: *nothing\n", "line 1: found undefined alias"),
        (b"a: \x00b\n", "unacceptable character"),
        (b"[" * 3000 + b"]" * 3000, ("nested too deep", "line 1: exceeded maximum nesting depth")),  # newer libyaml
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "nested too deep"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "nested too deep"),
        (b"- " * 100_000 + b"a", "nested too deep"),
        (b"\n".join(b" " * depth + b"a:" for depth in range(1000)), "nested too deep"),
    ],
)
def test_what_is_no_yaml_says_so_in_one_line(data: bytes, problem: str | tuple[str, ...]) -> None:
    with pytest.raises(DocumentError) as error:
        load("template.yaml", data)
    assert str(error.value).startswith(problem)
    assert "\n" not in str(error.value)


def test_bytes_that_are_not_utf_8_do_not_matter() -> None:
    (document,) = load("template.yaml", b"a: caf\xe9\nb: 1\n")
    assert block(document)["b"] == "1"
