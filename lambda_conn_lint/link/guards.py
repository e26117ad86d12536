"""What a test says about absence: the heart of once-regions.

A test that reads a place for absence (``None``, truth, membership, ``hasattr``, ``.get``, a dead connection) makes the
branch where it is absent a once-region, if that branch also fills the place. This module only reads tests; whether the
region fills what was tested is seen when it is run (``once``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import attributes, expressions, imports, known, once, places
from lambda_conn_lint.link.values import (
    ANY_NAME,
    UNKNOWN,
    Absence,
    Constant,
    Container,
    External,
    ExternalInstance,
    Given,
    Imported,
    Instance,
    Object,
    Taint,
    Value,
    is_none,
    mixed,
    taint_of,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


class Outcome(NamedTuple):
    """What is known of a test: its truth, if certain, what is absent in either branch, and what its operands are.

    A test made of others, by "not", "and" or "or", has them as its ``parts``; ``test`` is any other one as it stands.
    """

    truth: bool | None
    when_true: frozenset[Absence]
    when_false: frozenset[Absence]
    taint: Taint
    value: Value
    parts: tuple[Outcome, ...] = ()
    operator: str = ""
    test: m.Expression = m.Opaque(())


@contextmanager
def branch(frame: Frame, outcome: Outcome, holds: bool) -> Iterator[None]:
    """What runs inside is one branch of a test: it may be left out and, if no event decides, may never happen."""
    # That a connection is there is no condition for what is done with it.
    is_presence = holds and any(absence.place.kind != "parameter" for absence in outcome.when_false)
    is_conditional = outcome.truth is None and not is_presence
    with frame.ledger.branch(is_conditional), frame.under(not _happens(frame, outcome, holds)):
        yield


def _happens(frame: Frame, outcome: Outcome, holds: bool) -> bool:
    """Whether some invocation takes this branch: the event decides, or data, or whether a client is there."""
    if outcome.operator == "not":
        return _happens(frame, outcome.parts[0], not holds)
    if outcome.parts:
        combine = all if (outcome.operator == "and") is holds else any
        return combine(_happens(frame, part, holds) for part in outcome.parts)
    if outcome.truth is not None or Taint.DEPENDENT in outcome.taint:
        return True
    absences = outcome.when_false if holds else outcome.when_true
    held = [outcome.value, *(frame.held(absence.place) for absence in absences)]
    if any(_may_be_client(thing) for value in held for thing in value.objects):
        return True
    return _asks_data(frame, outcome.test)


def _asks_data(frame: Frame, test: m.Expression) -> bool:
    """Whether a test looks at what a client has answered, or counts something, in a variable of this run."""
    names = frame.analysis.names_in(test)
    values = (frame.env.get(name, UNKNOWN) for name in names if not frame.is_parameter(name))
    return any(
        thing.name in known.COUNTING or frame.analysis.catalogue.is_below_client(thing.name)
        for value in values
        for thing in value.objects
        if isinstance(thing, ExternalInstance) and thing.site is None
    )


def _may_be_client(thing: Object) -> bool:
    return isinstance(thing, Instance) or (isinstance(thing, ExternalInstance) and thing.site is not None)


_NOTHING: frozenset[Absence] = frozenset()
_TESTING_BUILTINS = frozenset({"hasattr", "isinstance", "bool", "callable", "any", "all"})


def examine(frame: Frame, test: m.Expression) -> Outcome:
    """Run a test's operands and read what it says."""
    if isinstance(test, m.Not):
        inner = examine(frame, test.value)
        truth = None if inner.truth is None else not inner.truth
        value = Value(taint=inner.taint)
        return Outcome(truth, inner.when_false, inner.when_true, inner.taint, value, (inner,), "not")
    if isinstance(test, m.Boolean):
        return _boolean(frame, test)
    return _single(frame, test)._replace(test=test)


def _single(frame: Frame, test: m.Expression) -> Outcome:
    if isinstance(test, m.Compare):
        return _comparison(frame, test)
    if isinstance(test, m.Call):
        found = _call(frame, test)
        if found is not None:
            return found
    if isinstance(test, m.Literal):
        return Outcome(bool(test.value), _NOTHING, _NOTHING, Taint.NONE, expressions.evaluate(frame, test))
    value = imports.resolve(frame, expressions.evaluate(frame, test))
    if value.test is not None:
        return Outcome(None, value.test.when_true, value.test.when_false, value.taint, value)
    absent, present = _liveness(frame, test, value)
    if absent or present:
        return Outcome(None, present, absent, value.taint, value)
    absent = _absences(frame, test, value)
    # A flag that starts out true is "absent" while it still is.
    is_first_time = any(isinstance(thing, Constant) and thing.value is True for thing in value.objects)
    return Outcome(_truth(value), absent if is_first_time else _NOTHING, absent, value.taint, value)


def _boolean(frame: Frame, test: m.Boolean) -> Outcome:
    left = examine(frame, test.left)
    if test.operator == "and":
        if left.truth is False:
            return left
        with branch(frame, left, True):
            right = once.region(frame, left.when_true, (id(test), "right"), lambda: examine(frame, test.right))
        # Both hold in the true branch; in the false branch either may have failed. A second condition that has nothing
        # to do with the invocation (an age, a setting) makes a cache with a limit, which is a cache.
        when_true = left.when_true | right.when_true
        when_false = _either(left.when_false, left.taint, right.when_false, right.taint)
        truth = False if right.truth is False else right.truth if left.truth is True else None
    else:
        if left.truth is True:
            return left
        with branch(frame, left, False):
            right = once.region(frame, left.when_false, (id(test), "right"), lambda: examine(frame, test.right))
        when_true = _either(left.when_true, left.taint, right.when_true, right.taint)
        when_false = left.when_false | right.when_false
        truth = True if right.truth is True else right.truth if left.truth is False else None
    value = expressions.either(left.value, right.value, test.operator)
    return Outcome(truth, when_true, when_false, left.taint | right.taint, value, (left, right), test.operator)


def _either(
    first: frozenset[Absence], first_taint: Taint, second: frozenset[Absence], second_taint: Taint
) -> frozenset[Absence]:
    is_decided_by_event = (not first and Taint.DEPENDENT in first_taint) or (
        not second and Taint.DEPENDENT in second_taint
    )
    if is_decided_by_event:
        return _NOTHING
    both = first | second
    is_one_test = {absence.place for absence in first} == {absence.place for absence in second}
    return both if is_one_test else mixed(both)


def _comparison(frame: Frame, test: m.Compare) -> Outcome:
    left = imports.resolve(frame, expressions.evaluate(frame, test.left))
    right = imports.resolve(frame, expressions.evaluate(frame, test.right))
    taint = left.taint | right.taint
    value = Value(taint=taint, pending=left.pending or right.pending)
    if test.operator in ("is", "==", "is not", "!="):
        operand, tested, other = (test.left, left, right)
        if _is_absent_marker(left) and not _is_absent_marker(right):
            operand, tested, other = (test.right, right, left)
        positive = test.operator in ("is", "==")
        measured = _measured(test.left)
        if measured is not None and test.right == m.Literal(0):
            absent, truth = _absences(frame, measured, expressions.peek(frame, measured)), None
        elif _is_absent_marker(other):
            absent, truth = _absences(frame, operand, tested), _noneness(tested) if _is_none(other) else None
        else:
            dead, alive = _liveness(frame, operand, tested)
            literal = next(iter(other.objects), None) if len(other.objects) == 1 else None
            if isinstance(literal, Constant):
                is_as_tested = positive is bool(literal.value)
                return Outcome(None, *((alive, dead) if is_as_tested else (dead, alive)), taint, value)
            absent, truth = dead | alive, None
        if not positive:
            return Outcome(None if truth is None else not truth, _NOTHING, absent, taint, value)
        return Outcome(truth, absent, _NOTHING, taint, value)
    if test.operator in ("in", "not in"):
        place = places.of_item(frame, right, test.left)
        absent = frozenset() if place is None else frozenset({Absence(place)})
        if test.operator == "in":
            return Outcome(None, _NOTHING, absent, taint, value)
        return Outcome(None, absent, _NOTHING, taint, value)
    absences: frozenset[Absence] = frozenset()
    if Taint.DEPENDENT not in taint:
        # An age or a number of uses against a limit that the region sets anew.
        absences = _absences(frame, test.left, left) | _absences(frame, test.right, right)
    for operand, tested in ((test.left, left), (test.right, right)):
        dead, alive = _liveness(frame, operand, tested)
        absences |= dead | alive
    measured = _measured(test.left)
    if measured is not None:
        absences |= _absences(frame, measured, expressions.peek(frame, measured))
    return Outcome(None, absences, absences, taint, value)


def _measured(node: m.Expression) -> m.Expression | None:
    """The container of ``len(container)``."""
    if isinstance(node, m.Call) and node.function == m.Name("len") and len(node.arguments) == 1:
        return node.arguments[0].value
    return None


def _call(frame: Frame, test: m.Call) -> Outcome | None:
    """``hasattr(x, "name")`` and ``isinstance(place, Class)``."""
    if not isinstance(test.function, m.Name) or test.function.id not in _TESTING_BUILTINS:
        return None
    if frame.lookup(test.function.id).objects != {External("builtins." + test.function.id)} or not test.arguments:
        return None
    first = test.arguments[0].value
    if test.function.id == "bool":
        return examine(frame, first)
    if test.function.id in ("any", "all"):
        return _any_or_all(frame, first, is_all=test.function.id == "all")
    values = [expressions.evaluate(frame, argument.value) for argument in test.arguments]
    taint = Taint.NONE
    for value in values:
        taint |= value.taint
    if test.function.id != "hasattr":
        return Outcome(None, _NOTHING, _absences(frame, first, values[0]), taint, Value(taint=taint))
    name = test.arguments[1].value if len(test.arguments) > 1 else None
    text = str(name.value) if isinstance(name, m.Literal) else ANY_NAME
    attribute = attributes.attribute(frame, values[0], text, run_properties=False)
    absent = frozenset() if attribute.place is None else frozenset({Absence(attribute.place)})
    return Outcome(None, _NOTHING, absent, taint, Value(taint=taint))


def _any_or_all(frame: Frame, node: m.Expression, *, is_all: bool) -> Outcome | None:
    """``all((a, b))`` and ``any((a, b))`` over a display, and over a container's values."""
    absences: frozenset[Absence] = _NOTHING
    if isinstance(node, m.Display):
        outcomes = [examine(frame, item) for item in node.items]
        for outcome in outcomes:
            absences |= outcome.when_false
        taint = taint_of(outcome.value for outcome in outcomes)
        return Outcome(None, _NOTHING, absences, taint, Value(taint=taint))
    value = expressions.evaluate(frame, node)
    if isinstance(node, m.Call) and isinstance(node.function, m.Attribute) and not is_all:
        holder = expressions.peek(frame, node.function.value)
        absences = _absences(frame, node.function.value, holder)
    return Outcome(None, _NOTHING, absences, value.taint, Value(taint=value.taint))


def _absences(frame: Frame, operand: m.Expression, value: Value) -> frozenset[Absence]:
    """What an empty operand tells to be absent."""
    if isinstance(operand, m.Walrus):
        operand = operand.value
    is_parameter = isinstance(operand, m.Name) and frame.is_parameter(operand.id)
    if value.place is not None:
        return frozenset({Absence(value.place, elsewhere=is_parameter or frame.ledger.is_taken(value.place))})
    if is_parameter and value.open and not value.objects and Taint.DEPENDENT not in value.taint:
        assert isinstance(operand, m.Name)
        return frozenset({Absence(frame.parameter_place(operand.id))})
    return _NOTHING


def _liveness(frame: Frame, test: m.Expression, value: Value) -> tuple[frozenset[Absence], frozenset[Absence]]:
    """The places that an attribute or method tests for life: (absent when false, absent when true)."""
    inner = test.value if isinstance(test, m.Await) else test
    if isinstance(inner, m.Call):
        inner = inner.function
    if not isinstance(inner, m.Attribute) or inner.name not in known.LIVENESS:
        return _NOTHING, _NOTHING
    receiver = expressions.peek(frame, inner.value)
    if receiver.place is None:
        return _NOTHING, _NOTHING
    found = frozenset({Absence(receiver.place, liveness=True)})
    is_death = any(word in inner.name for word in ("clos", "expired", "stale", "broken"))
    return (_NOTHING, found) if is_death else (found, _NOTHING)


def _is_absent_marker(value: Value) -> bool:
    """None, or a sentinel: an object made for nothing but to be compared with."""
    if _is_none(value):
        return True
    return bool(value.objects) and all(
        isinstance(thing, ExternalInstance) and thing.name == "builtins.object" for thing in value.objects
    )


def _is_none(value: Value) -> bool:
    return bool(value.objects) and not value.open and all(is_none(thing) for thing in value.objects)


def _noneness(value: Value) -> bool | None:
    """Whether a value is certainly None, certainly not, or either."""
    if value.open or not value.objects or any(isinstance(thing, Imported) for thing in value.objects):
        return None
    kinds = {is_none(thing) for thing in value.objects}
    if len(kinds) != 1 or (True in kinds and value.place is not None):
        return None
    return kinds.pop()


def _truth(value: Value) -> bool | None:
    if value.open or not value.objects:
        return None
    truths = {_object_truth(thing) for thing in value.objects}
    truth = truths.pop() if len(truths) == 1 else None
    return None if truth is False and value.place is not None else truth


def _object_truth(thing: Object) -> bool | None:
    if isinstance(thing, Constant):
        return bool(thing.value)
    if isinstance(thing, ExternalInstance):
        return True if thing.site is not None else None
    if isinstance(thing, Container | External | Imported | Given):
        return None
    return True


def narrow(frame: Frame, test: m.Expression, holds: bool) -> None:
    """In a branch, forget what the test has ruled out of a local variable: None, or all but None."""
    if isinstance(test, m.Not):
        narrow(frame, test.value, not holds)
        return
    if isinstance(test, m.Boolean):
        if (test.operator == "and") is holds:
            narrow(frame, test.left, holds)
            narrow(frame, test.right, holds)
        return
    if isinstance(test, m.Compare) and test.right == m.Literal(None) and isinstance(test.right, m.Literal):
        if test.operator in ("is", "=="):
            _narrow_name(frame, test.left, is_none_branch=holds)
        elif test.operator in ("is not", "!="):
            _narrow_name(frame, test.left, is_none_branch=not holds)
        return
    if holds:
        _narrow_name(frame, test, is_none_branch=False)


def _narrow_name(frame: Frame, operand: m.Expression, *, is_none_branch: bool) -> None:
    name = operand.id if isinstance(operand, m.Name) else operand.target if isinstance(operand, m.Walrus) else ""
    value = frame.env.get(name, UNKNOWN)
    kept = frozenset(thing for thing in value.objects if is_none(thing) is is_none_branch)
    if kept != value.objects and (kept or value.open):
        frame.env[name] = value._replace(objects=kept)
