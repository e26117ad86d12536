"""Which trees are kept, and how long."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.facts.trees import Trees

_MODULE = cst.parse_module("x = 1\n")
_LARGE = b"#" * 150_000  # two of them are more than there is room for
_TOO_LARGE = b"#" * 300_000


def test_a_tree_is_given_once() -> None:
    trees = Trees()
    trees.keep(b"x = 1\n", _MODULE)
    assert trees.take(b"x = 1\n") is _MODULE
    assert trees.take(b"x = 1\n") is None


def test_the_first_tree_is_kept_whatever_its_size_and_further_ones_as_far_as_there_is_room() -> None:
    trees = Trees()
    trees.keep(_TOO_LARGE, _MODULE)
    trees.keep(b"x = 1\n", _MODULE)
    trees.keep(b"x = 2\n", _MODULE)
    assert trees.take(b"x = 1\n") is None
    assert trees.take(_TOO_LARGE) is _MODULE
    trees.keep(b"x = 1\n", _MODULE)
    assert trees.take(b"x = 1\n") is _MODULE


def test_the_last_tree_is_kept_until_another_comes() -> None:
    trees = Trees()
    trees.keep(_TOO_LARGE, _MODULE)
    trees.keep(b"x = 1\n", _MODULE)
    assert trees.take(b"x = 1\n") is _MODULE
    assert trees.take(b"x = 1\n") is None


def test_what_is_let_go_makes_room() -> None:
    trees = Trees()
    trees.keep(_LARGE, _MODULE)
    trees.keep(b"x = 1\n", _MODULE)
    trees.let_go(but={b"x = 1\n"})
    trees.keep(_LARGE + b"\n", _MODULE)
    trees.let_go(but={_LARGE + b"\n"})  # speaks of that which has come since
    assert trees.take(_LARGE) is None
    assert trees.take(b"x = 1\n") is _MODULE
    assert trees.take(_LARGE + b"\n") is _MODULE
