"""What the linker knows of a value: which objects it may be, what it depends on, and where it is kept.

Everything here is immutable and hashable, because values are parts of the contexts in which functions are run.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntFlag
from typing import NamedTuple, TypeAlias

from lambda_conn_lint.findings import Span


class Phase(str, Enum):
    """How often code runs, and so how long what it makes may live. A string, because those hash fast."""

    PROCESS = "process"
    INVOCATION = "invocation"
    UNKNOWN = "unknown"  # only of objects: it cannot be told how long they live


class Taint(IntFlag):
    """What a value changes with. No flag: with nothing while the process lives."""

    NONE = 0
    KEYED = 1  # over literals only: a loop over constants, a parameter that callers give constants
    VOLATILE = 2  # time, random numbers, fresh identifiers
    DEPENDENT = 4  # the event, the context, credentials made for this invocation


ANY_NAME = ""
"""The name of a place whose variable, attribute or key is only known when the program runs."""


class Place(NamedTuple):
    """Somewhere a value may be kept: a global, an attribute, an item of a container, a closure's variable."""

    kind: str  # "global", "attribute", "item", "cell"
    owner: object  # module path, object, place or function; together with ``name`` it is the identity
    name: str  # variable, attribute, or literal key ("" when the key is not a literal)
    life: Phase


class Absence(NamedTuple):
    """A place that a branch has found empty, or (``liveness``) that holds something dead.

    ``mixed``: another condition leads into the branch as well, which may be a test for life that nobody can follow.
    """

    place: Place
    liveness: bool = False
    elsewhere: bool = False  # filled by other code: the caller whose argument it is, or what puts a taken thing back
    mixed: bool = False


def mixed(absences: frozenset[Absence]) -> frozenset[Absence]:
    """The same absences in a branch into which another condition leads as well."""
    return frozenset(absence._replace(mixed=True) for absence in absences)


def same_place(tested: Place, filled: Place) -> bool:
    """Whether filling one place is filling the tested one; a key that is not a literal fits any."""
    if tested[:3] == filled[:3]:
        return True
    if tested.kind == filled.kind and tested.owner == filled.owner:
        return tested.name == ANY_NAME or filled.name == ANY_NAME
    return False


class Site(NamedTuple):
    """Where a construction stands."""

    path: str
    span: Span


Object: TypeAlias = object
"""One of the classes below. Spelled out as a union, their recursion costs the type checker minutes."""


class Constant(NamedTuple):
    value: str | int | float | bool | None


class External(NamedTuple):
    """Something outside the project by its dotted name; ``bound`` is the instance that a method was taken from."""

    name: str
    bound: ExternalInstance | None = None
    maker: Object = None  # the class of the project through which it was looked up


class ExternalInstance(NamedTuple):
    """What a call of an external name gives, named after its class where the catalogue knows it."""

    name: str
    life: Phase
    site: Site | None = None  # of catalogued constructions
    carried: tuple[Object, ...] = ()  # callables of the project that were handed over when it was made


class Module(NamedTuple):
    """A module or package of the project: its file ("" for a folder without one) and its folder, if a package."""

    path: str
    folder: str


class Imported(NamedTuple):
    """``from module import name``, not looked up yet: modules are only opened when a question needs them."""

    module: Module
    name: str


class FunctionObject(NamedTuple):
    """A function of the project, perhaps bound, with the variables it closes over."""

    path: str
    number: int
    receiver: Object | None = None
    owner: tuple[str, int] | None = None  # class in whose body it stands
    definer: int = -1  # index of the function around it
    captured: tuple[tuple[str, Value], ...] = ()
    life: Phase = Phase.PROCESS


class ClassObject(NamedTuple):
    path: str
    number: int
    life: Phase = Phase.PROCESS
    plain: bool = False  # calling it makes an instance at once: its metaclass has had its say


class Instance(NamedTuple):
    """An object of a class of the project, with what its constructor was given."""

    cls: ClassObject
    life: Phase
    arguments: tuple[tuple[str, Value], ...] = ()


class Super(NamedTuple):
    owner: tuple[str, int]
    receiver: Object


class Partial(NamedTuple):
    function: Value
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


class Memoised(NamedTuple):
    """A function whose results are kept, by a decorator or call; ``life`` is how long its cache lives.

    ``is_guessed`` is true of decorators that are not known, and only called as if they did so.
    """

    function: Object
    life: Phase
    is_guessed: bool = False


class Container(NamedTuple):
    """A list, tuple, set or dict: the values in order for short displays, else all of them joined."""

    kind: str
    life: Phase
    items: tuple[Value, ...] | None
    element: Value


class Given(NamedTuple):
    """What the platform hands to a handler: the event and the context. They live as long as the invocation."""

    name: str


class Test(NamedTuple):
    """What is absent when a value is true, and when it is false."""

    when_true: frozenset[Absence]
    when_false: frozenset[Absence]


class Value(NamedTuple):
    """``objects`` it may be; ``open`` when it may be something unknown as well; ``place`` where it was read from."""

    objects: frozenset[Object] = frozenset()
    open: bool = True
    taint: Taint = Taint.NONE
    place: Place | None = None
    pending: bool = False  # a call it comes from has not been run yet
    test: Test | None = None  # what its truth tells, when it is the outcome of a test

    def tainted(self, taint: Taint) -> Value:
        if not taint or taint == self.taint or self.taint | taint == self.taint:
            return self
        return self._replace(taint=self.taint | taint)

    def at(self, place: Place | None) -> Value:
        if place is self.place:
            return self
        return Value(self.objects, self.open, self.taint, place, self.pending, self.test)


UNKNOWN = Value()
PENDING = Value(pending=True)
NOTHING = Value(open=False)
"""No value at all: what joins are folded from, and what a call that never returns gives."""


def only(thing: Object, taint: Taint = Taint.NONE) -> Value:
    return Value(frozenset((thing,)), False, taint)


def unknown(taint: Taint) -> Value:
    return UNKNOWN if taint is Taint.NONE else Value(taint=taint)


NONE = only(Constant(None))


def is_none(thing: Object) -> bool:
    return isinstance(thing, Constant) and thing.value is None


def join(first: Value, second: Value) -> Value:
    """What is known when it is either of the two."""
    if first is second or second is NOTHING or first == second:
        return first
    if first is NOTHING:
        return second
    objects = first.objects | second.objects
    wide = len(objects) > _WIDEST
    return Value(
        frozenset() if wide else objects,
        first.open or second.open or wide,
        first.taint if first.taint == second.taint else first.taint | second.taint,
        first.place if first.place == second.place else first.place or second.place,
        first.pending or second.pending,
        first.test if first.test == second.test else None,
    )


def join_all(values: Iterable[Value]) -> Value:
    result = NOTHING
    for value in values:
        result = join(result, value)
    return result


def taint_of(values: Iterable[Value]) -> Taint:
    taint = Taint.NONE
    for value in values:
        if value.taint:
            taint |= value.taint
    return taint


_WIDEST = 64  # objects that one value may be before it counts as unknown: large dispatch tables stay known
_MOST_CONTAINERS = 3  # levels of containers in containers


def life_of(thing: Object) -> Phase:
    """How long an object lives, as far as it can be told."""
    if isinstance(thing, Instance | ExternalInstance | FunctionObject | ClassObject | Container | Memoised):
        return thing.life
    if isinstance(thing, Given):
        return Phase.INVOCATION
    if isinstance(thing, Module | External | Constant):
        return Phase.PROCESS
    return Phase.UNKNOWN


def container(kind: str, life: Phase, items: tuple[Value, ...] | None, element: Value) -> Container:
    """A container, of which no more than a few levels of containers in containers are told apart."""
    if items is not None and max(map(_depth, items), default=0) >= _MOST_CONTAINERS:
        element = unknown(taint_of(items))
        items = None
    elif _depth(element) >= _MOST_CONTAINERS:
        element = unknown(element.taint)
    return Container(kind, life, items, element)


def _depth(value: Value) -> int:
    deepest = 0
    for thing in value.objects:
        if isinstance(thing, Container):
            held = (thing.element,) if thing.items is None else thing.items
            deepest = max(deepest, 1 + max(map(_depth, held), default=0))
    return deepest


def ordered(objects: frozenset[Object]) -> list[Object]:
    """The objects in an order that does not hang on their hashes."""
    if len(objects) < 2:
        return list(objects)
    return sorted(objects, key=_rank)


def _rank(thing: Object) -> tuple[str, str, str]:
    if isinstance(thing, FunctionObject | ClassObject):
        return type(thing).__name__, f"{thing.path}:{thing.number:09}", ""
    if isinstance(thing, Instance):
        return "Instance", f"{thing.cls.path}:{thing.cls.number:09}", thing.life
    if isinstance(thing, External | ExternalInstance | Imported | Given):
        return type(thing).__name__, thing.name, ""
    if isinstance(thing, Memoised):
        return ("Memoised", *_rank(thing.function)[1:])
    if isinstance(thing, Constant):
        return "Constant", repr(thing.value), ""
    return type(thing).__name__, "", ""
