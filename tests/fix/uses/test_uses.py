"""What may happen to an object: whole sets of uses, in programs that are hard to follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent, indent

import pytest

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.facts.lower import UnparsableError, facts_of
from lambda_conn_lint.findings import Span
from lambda_conn_lint.fix.uses import Project, Use, callers_of, literal_arguments, uses_of


class Sources:
    """A view of programs given as texts."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = {path: dedent(text).lstrip("\n") for path, text in texts.items()}
        self.asked = 0

    def facts(self, path: str) -> m.ModuleFacts | None:
        self.asked += 1
        try:
            return facts_of(self.texts[path].encode()) if path in self.texts else None
        except UnparsableError:
            return None

    def mentioning(self, identifier: str) -> Iterable[str]:
        return [path for path, text in self.texts.items() if identifier in text]

    def defining(self, name: str) -> Iterable[str]:
        return self.mentioning(name)

    def deriving(self, name: str) -> Iterable[str]:
        return self.mentioning(name)

    def construction(self) -> tuple[str, Span]:
        """The call of ``X`` of the programs."""
        found: list[tuple[str, Span]] = []
        for path in self.texts:
            facts = self.facts(path)
            if facts is None:
                continue
            nodes = m.descendants((facts.body, facts.functions, facts.classes))
            found.extend(
                (path, node.span) for node in nodes if isinstance(node, m.Call) and node.function == m.Name("X")
            )
        (only,) = found
        return only


def uses(program: str | Mapping[str, str], entries: Iterable[tuple[str, str]] = ()) -> tuple[Use, ...]:
    sources = Sources({"app.py": program} if isinstance(program, str) else program)
    return uses_of(sources, *sources.construction(), entries=set(entries))


def told(program: str | Mapping[str, str], entries: Iterable[tuple[str, str]] = ()) -> set[str]:
    """The uses as "kind name row"; the row is that of the span, and left out where there is none."""
    found = uses(program, entries)
    lines = {f"{use.kind} {use.name} {use.span.row if use.span else ''}".strip() for use in found}
    return {" ".join(line.split()) for line in lines}


# In one function


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("X()", set(), id="dropped"),
        pytest.param("c = X()\nc.close()", {"method close 3"}, id="method"),
        pytest.param("X().Table('t').put()", {"method Table 2"}, id="chain"),
        pytest.param("X().cursor().close()", {"method cursor 2"}, id="what a chain ends with is another object"),
        pytest.param("c = X()\nc()", {"method __call__ 3"}, id="called"),
        pytest.param("c = X()\ny = c.name", {"read name"}, id="read"),
        pytest.param("c = X()\nc.meta.events.register('a', g)", {"method meta.events.register 3"}, id="dotted method"),
        pytest.param(
            "c = X()\nn = c.meta\nn.events.register(g)\nreturn n",
            {"method meta.events.register 4", "read meta"},
            id="name for what was read",
        ),
        pytest.param("c = X()\nclose = c.close\nclose()", {"method close 4", "read close"}, id="name for a method"),
        pytest.param(
            "c = X()\nif n := c.meta:\n    n.region = 1",
            {"read meta", "write meta.region"},
            id="walrus for what was read",
        ),
        pytest.param(
            "c = X()\nc.a = 1\nc.b += 1\ndel c.d\nc.e.f = 2\nc.g: int = 1",
            {"write a", "write b", "write d", "write e.f", "write g"},
            id="writes",
        ),
        pytest.param(
            "c = X()\nfor c.a in (1, 2): pass\nwith open(p) as c.b: pass\nc.d, (c.e, *c.g) = h",
            {"write a", "write b", "write d", "write e", "write g"},
            id="writes by other targets",
        ),
        pytest.param(
            "c = X()\nc['a'] = 1\nc.headers['b'] = 2\ndel c['d']\nc['x']['y'].put(1)\nc['z']",
            {"method [].[].put 6", "read []", "write []", "write headers.[]"},
            id="items",
        ),
        pytest.param(
            "c = X()\nsetattr(c, 'a', 1)\nsetattr(c, n, 1)\ndelattr(c, 'b')",
            {"write a 3", "write b 5", "write setattr 4"},
            id="setattr",
        ),
        pytest.param(
            "c = X()\ngetattr(c, 'close')()\ngetattr(c, 'meta', None).events\ngetattr(c, n)()",
            {"method close 3", "read meta.events", "unknown getattr 5"},
            id="getattr",
        ),
        pytest.param("c = getattr(m, 'c', X())\nc.go()", {"method go 3"}, id="default of getattr"),
        pytest.param(
            "c = X()\nif c: pass\nwhile not c: pass\nc is None\n1 in c\nisinstance(c, Y)\nlen(c)\n"
            "assert c == d\nx = 1 if c else 2",
            {"tested", "tested isinstance 7", "tested len 8"},
            id="tests",
        ),
        pytest.param(
            "c = X()\nprint(c)\nstr(c)\nlogger.info('%s', c)\nself.log.debug(c)\nprint(f'{c}')",
            {"printed", "printed logger.info 5", "printed print 3", "printed self.log.debug 6", "printed str 4"},
            id="prints",
        ),
        pytest.param(
            "c = X()\ng(c)\nm.n.g(1, k=c)\nh(*c)\nh(**c)\nxs.append(c)",
            {"passed g 3", "passed m.n.g 4", "passed xs.append 7", "unknown * to h 5", "unknown ** to h 6"},
            id="passed",
        ),
        pytest.param("for r in X(): pass\na, b = c = 1", {"method __iter__ 2"}, id="iterated"),
        pytest.param(
            "c = X()\n[r for r in c]\nlist(c)\nnext(c)\na, b = c\nmap(g, c)",
            {"method __iter__", "method __iter__ 4", "method __iter__ 7", "method __next__ 5"},
            id="iterated in other ways",
        ),
        pytest.param("raise X()", {"raised 2"}, id="raised"),
        pytest.param("c = X()\nyield c", {"yielded f"}, id="yielded"),
        pytest.param("c = X()\nyield from c", {"unknown yield from"}, id="delegated"),
        pytest.param("return X()", {"returned f 2"}, id="returned"),
        pytest.param("c = X()\nreturn c.get(), c.name", {"method get 3", "read name"}, id="results returned"),
        pytest.param(
            "c = X()\n@c.route('/')\ndef g(): pass\n@c.event\nclass H: pass",
            {"method event", "method route 3"},
            id="hooks by decorators",
        ),
        pytest.param(
            "c = X()\nmatch c:\n    case Y() as d if d.ok:\n        d.close()",
            {"method close 5", "read ok", "tested"},
            id="match",
        ),
        pytest.param(
            "c = X()\ndef g(d=c): d.go()\nclass H(c): pass\nh: c = 1",
            {"kept default of f.g", "method go 3", "unknown annotation", "unknown class argument"},
            id="definitions",
        ),
        pytest.param("c = X()\ndel c", set(), id="name deleted"),
        pytest.param("c = X()\nvars(c)\nc.__dict__", {"read __dict__", "read __dict__ 3"}, id="vars"),
        pytest.param("c = X()\ng(locals())\neval('c')", {"unknown eval() 4", "unknown locals() 3"}, id="locals"),
    ],
)
def test_use(body: str, expected: set[str]) -> None:
    assert told("def f():\n" + indent(body, "    ")) == expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        pytest.param(
            "def f(logging, math, print):\n    c = X()\n    math.log(c)\n    dialog.info(c)\n    print(c)\n"
            "    g(f'{c}')\n    c + 1",
            {"passed math.log 3", "passed print 5", "printed dialog.info 4", "unknown expression"},
            id="what only looks like a print",
        ),
        pytest.param("async def f():\n    c = await X()\n    await c.go()", {"awaited 2", "method go 3"}, id="awaited"),
        pytest.param("@X()\ndef f(): pass", {"method __call__ 1"}, id="decorator"),
    ],
)
def test_use_outside_a_plain_function(program: str, expected: set[str]) -> None:
    assert told(program) == expected


# Ways to a name


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param("a = b = X(); a.m(); b.n()", {"m", "n"}, id="chained"),
        pytest.param("a: T = X(); a.m()", {"m"}, id="annotated"),
        pytest.param("(a := X()).m(); a.n()", {"m", "n"}, id="walrus"),
        pytest.param("a, b = 1, X(); a.no(); b.m()", {"m"}, id="tuple"),
        pytest.param("(a, [b, c]), d = (1, [2, X()]), 3; a.no(); b.no(); c.m(); d.no()", {"m"}, id="nested tuple"),
        pytest.param("t = (1, X()); a, b = t; a.no(); b.m()", {"m"}, id="tuple by name"),
        pytest.param("t = (1, X()); t[1].m(); t[0].no(); t[i].n()", {"m", "n"}, id="tuple by place"),
        pytest.param("d = {'a': X(), 'b': 1}; d['a'].m(); d['b'].no(); d[k].n()", {"m", "n"}, id="dict"),
        pytest.param("d = {**{'a': X()}}; d['a'].m()", {"m"}, id="dict in a dict"),
        pytest.param("for a in (1, X()): a.m()", {"m"}, id="loop"),
        pytest.param("for a, b in ((1, X()), (2, 3)): a.no(); b.m()", {"m"}, id="loop over pairs"),
        pytest.param("for a in [X() for _ in r]: a.m()", {"m"}, id="comprehension"),
        pytest.param("[a.m() for a in [X()]]", {"m"}, id="clause"),
        pytest.param("a = X() if t else Y(); a.m()", {"m"}, id="conditional"),
        pytest.param("a = None; a = a or X(); a.m()", {"m"}, id="or"),
        pytest.param("c = X(); a = t and c; a.m()", {"m"}, id="and"),
        pytest.param("c = X(); c = c; d = c; d.m(); c = 1; c.n()", {"m", "n"}, id="rebound"),
        pytest.param("c = X(); g = lambda: c.m(); g()", {"m"}, id="lambda"),
        pytest.param("c = X(); [c.m(i) for i in c.n()]", {"m", "n"}, id="in a comprehension"),
        pytest.param("c = X(); [c.no() for c in y]; c.m()", {"m"}, id="shadowed in a comprehension"),
        pytest.param("c = X(); [c.no() for c in c.m()]", {"m"}, id="first iterable is outside"),
        pytest.param("c = X(); x = [(d := c) for _ in y]; d.m()", {"m"}, id="walrus leaves a comprehension"),
        pytest.param("c = cast(T, X()); c.m()", {"m"}, id="cast"),
        pytest.param("*a, b = 1, X(); b.m()", {"m"}, id="behind a star"),
        pytest.param("a, b = [1, *(X(),)]; b.m()", {"m"}, id="star in a display"),
        pytest.param("g = (lambda: X()); g().m()", {"m"}, id="from a lambda"),
        pytest.param("(lambda: X())().m()", {"m"}, id="from a lambda called at once"),
        pytest.param("(lambda c: c.m())(X())", {"m"}, id="into a lambda"),
        pytest.param("g = lambda c, d=1: c.m(); g(X())", {"m"}, id="into a lambda by name"),
    ],
)
def test_way_to_a_name(statements: str, expected: set[str]) -> None:
    found = uses(f"def f():\n    {statements}\n")
    assert {use.name for use in found if use.kind == "method"} == expected
    assert {use.kind for use in found} <= {"method", "tested", "kept"}
    assert not {use.name for use in found if use.kind == "kept"} - {"*a"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param("d['a'] = X()", {"kept d[]"}, id="item"),
        pytest.param("d = {}; d['a'] = X(); d['a'].close()", {"kept d[]"}, id="item of a local"),
        pytest.param("d[X()] = 1", {"kept d[] 2"}, id="key of an item"),
        pytest.param("d = {X(): 1}", {"kept dict 2"}, id="key"),
        pytest.param("d[X()]", {"tested 2"}, id="looked up"),
        pytest.param("ds += X()", {"kept ds 2"}, id="augmented"),
        pytest.param("a, *b = 1, X()", {"kept *b"}, id="star"),
        pytest.param("t = (X(),); t.count(1)", {"kept t.count"}, id="method of a tuple"),
        pytest.param("t = {'a': X()}; [v.close() for v in t.values()]", {"kept t.values"}, id="values"),
        pytest.param("t = [X()]; sorted(t)", {"kept sorted"}, id="sorted"),
        pytest.param("y.c = X()", {"kept y.c"}, id="attribute of something"),
        pytest.param("setattr(y, 'c', X())", {"kept attribute c 2"}, id="setattr"),
        pytest.param("g(lambda: X())", {"returned f.<lambda> 2"}, id="factory"),
        pytest.param("t = [X()]; t[0] = 1; t = (*t,); g(t)", {"passed g 2"}, id="container passed"),
        pytest.param("t = [X()]\n    t += [t]\n    return t", {"returned f", "kept t"}, id="container in itself"),
    ],
)
def test_kept(statements: str, expected: set[str]) -> None:
    assert told(f"def f():\n    {statements}\n") == expected


def test_container_put_into_itself_ends() -> None:
    found = told("def f():\n    t = X()\n    while 1:\n        t = (t,)\n")
    assert "kept too many containers" in found


def test_names_of_other_scopes_are_others() -> None:
    program = """
        c = 1
        c.no()
        def f():
            c = X()
            def g():
                c = 2
                c.no()
            def h():
                global c
                c.no()
            def i():
                nonlocal c
                c.yes()
                c = 3
            g(), h(), i()
            class C:
                c = 5
                c.no()
                def m(self):
                    pass
        def g():
            c.no()
    """
    assert told(program) == {"method yes 13"}


def test_class_body_reads_the_name_around_it_first() -> None:
    program = """
        c = X()
        class A:
            c = g(c)
            d = c.m()
    """
    assert told(program) == {"stored global c", "passed g 3", "method m 4"}


# Entered


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        pytest.param("with X() as c: c.m()", {"entered with 3", "method m 3"}, id="with"),
        pytest.param("c = X(); w = 1\n    with open(p), c: c.m()", {"entered with", "method m 4"}, id="with a name"),
        pytest.param("with closing(X()) as c: c.m()", {"entered closing 3", "method m 3"}, id="closing"),
        pytest.param("with contextlib.closing(X()): pass", {"entered closing 3"}, id="closing by module"),
        pytest.param(
            "c = X(); k = closing(c)\n    with k as d: d.m()",
            {"entered closing 3", "method m 4"},
            id="closing by name",
        ),
        pytest.param("with nullcontext(X()) as c: c.m()", {"entered nullcontext 3", "method m 3"}, id="nullcontext"),
        pytest.param(
            "with ExitStack() as s:\n        c = s.enter_context(X())\n        c.m()",
            {"entered enter_context 4", "method m 5"},
            id="stack",
        ),
        pytest.param(
            "with ExitStack() as s:\n        s.enter_context(closing(X())).m()",
            {"entered closing 4", "method m 4"},
            id="closing on a stack",
        ),
        pytest.param("with X() as (a, b): a.m()", {"entered with 3", "method __iter__"}, id="unpacked"),
        pytest.param("with X().begin() as c: c.m()", {"method begin 3"}, id="what a method gives"),
        pytest.param("with g(X()) as c: c.m()", {"passed g 3"}, id="other wrapper"),
    ],
)
def test_entered(program: str, expected: set[str]) -> None:
    assert told(f"from contextlib import *\ndef f():\n    {program}\n") == expected


CONTEXT = """
    from contextlib import contextmanager
    @contextmanager
    def connection():
        c = X()
        try:
            yield c
        finally:
            c.close()
    def f():
        with connection() as c:
            c.m()
"""


def test_context_manager_gives_what_it_yields() -> None:
    known = {"method close 8", "method m 11"}
    assert told(CONTEXT) == known
    assert told(CONTEXT + "        connection().__enter__()\n") == known | {"kept connection().__enter__ 12"}
    assert told(CONTEXT + "        return connection\n") == known | {"returned connection"}


def test_asynchronous_context_manager() -> None:
    program = """
        @contextlib.asynccontextmanager
        async def connection():
            async with X() as c:
                yield await g(c)
                yield c
        async def f():
            async with connection() as c, h() as d:
                await c.m()
                d.no()
    """
    assert told(program) == {"entered with 3", "passed g 4", "method m 8"}


# Through functions


def test_parameters() -> None:
    program = """
        def f():
            c = X()
            by_place(1, c)
            by_name(c=c, d=1)
            rest(1, c, k=c)
            default()
            wrong(1)
            behind(*xs, c)
        def by_place(a, b, /):
            a.no()
            b.place()
        def by_name(d, *, c=None):
            d.no()
            c.name()
        def rest(a, *args, **kwargs):
            a.no()
        def default(c=None):
            c.no()
        def wrong(c):
            c.no()
        def behind(a, b):
            a.no()
    """
    assert told(program) == {
        "method place 11",
        "method name 14",
        "unknown parameter of rest",
        "unknown parameter of behind",
    }


def test_methods_by_name() -> None:
    program = {
        "app.py": """
            from store import Store
            class App:
                def run(self):
                    c = X()
                    self.use(c)
                    App.also(self, c)
                    App.static(c)
                    self.shared(c)
                    super().above(c)
                    self.store.save(c)
                    self.nowhere(c)
                def use(self, c):
                    self.no()
                    c.use()
                def also(self, c):
                    self.no()
                    c.also()
                @staticmethod
                def static(c):
                    c.static()
                @classmethod
                def shared(cls, c):
                    cls.no()
                    c.shared()
        """,
        "store.py": """
            class Store:
                def save(self, c):
                    self.no()
                    c.save()
                def above(self, c):
                    c.no()
        """,
        "other.py": "def use(c): c.no()\n",
    }
    assert told(program) == {
        "method use 14",
        "method also 17",
        "method static 20",
        "method shared 24",
        "method save 4",
        "passed super().above 9",
        "passed self.nowhere 11",
    }


@pytest.mark.parametrize(
    ("call", "is_passed"),
    [
        pytest.param("self.save(c)", True, id="own class has a base that nobody knows"),
        pytest.param("things.append(c)", True, id="a list has that method too"),
        pytest.param("local.save(c)", True, id="local is no object of the project"),
        pytest.param("session.save(c)", True, id="an import that leaves the project"),
        pytest.param("parameter.save(c)", False, id="the only method of that name"),
        pytest.param("parameter.hook(c)", True, id="somebody sets an attribute of that name"),
    ],
)
def test_method_that_may_be_another(call: str, is_passed: bool) -> None:
    program = f"""
        from web import View, Thing, session
        class App(View):
            def run(self, parameter, things):
                local = Thing()
                c = X()
                {call}
        class Store:
            def save(self, c): c.m()
            def append(self, c): c.m()
            def hook(self, c): c.m()
            def __init__(self, hook):
                self.hook = hook
    """
    found = told(program)
    assert any(one.startswith("passed") for one in found) is is_passed
    assert any(one.startswith("method m ") for one in found) is not call.startswith(("session", "self"))


def test_functions_of_other_files() -> None:
    program = {
        "app.py": """
            import lib.util as u, requests
            from lib.util import work as w, gone
            from lib import util
            def f():
                c = X()
                w(c)
                u.other(k=c)
                util.Thing(c)
                util.thing.use(c)
                util.nowhere(c)
                gone(c)
                requests.work(c)
                catalog.put(c)
        """,
        "lib/util.py": """
            def work(a): a.one()
            def other(j=1, k=2): k.two()
            class Thing:
                def __init__(self, a): a.three()
                def use(self, a): a.four()
                def work(self, a): a.no()
            thing = Thing(g())
        """,
    }
    assert told(program) == {
        "method one 1",
        "method two 2",
        "method three 4",
        "method four 5",
        "passed util.nowhere 10",
        "passed gone 11",
        "passed requests.work 12",
        "passed catalog.put 13",
    }


def test_method_of_a_known_receiver_that_somebody_sets() -> None:
    program = """
        class A:
            def __init__(self, hook):
                self.use = hook
            def use(self, c): c.m()
            def run(self):
                self.use(X())
    """
    assert told(program) == {"method m 4", "passed self.use 6"}


def test_super_is_no_method_of_the_class_itself() -> None:
    program = """
        class A:
            def use(self, c): c.above()
        class Beside:
            def use(self, c): c.beside()
        class B(A):
            def use(self, c):
                c.own()
            def run(self):
                super().use(X())
        class C(B, Beside):
            def use(self, c): c.below()
    """
    assert told(program) == {"method above 2", "method beside 4"}


def test_super_may_leave_the_project() -> None:
    program = "class A(Base):\n    def use(self, c): c.no()\n    def run(self):\n        super().use(X())\n"
    assert told(program) == {"passed super().use 4"}


def test_constructor_and_attribute() -> None:
    program = {
        "app.py": """
            from repo import Repo
            def f():
                c = X()
                r = Repo(c, name="a")
                r.find()
                r.conn.close()
        """,
        "repo.py": """
            class Base:
                def __init__(self, conn, name):
                    name.no()
                    self.conn = conn
            class Repo(Base):
                def find(self):
                    self.conn.query()
                    self.conn.autocommit = True
                    self.conn = None
        """,
        "tool.py": "def g(r):\n    getattr(r, 'conn').rollback()\n    boto3.conn.go()\n",
        "other.py": "import boto3\ndef g(r):\n    boto3.conn.no()\n",
    }
    assert told(program) == {
        "stored attribute conn",
        "method query 7",
        "write autocommit",
        "method close 6",
        "method rollback 2",
        "method go 3",
    }


def test_constructor_that_is_not_seen() -> None:
    assert told("class A(Base): pass\ndef f():\n    A(X())\n") == {"passed A 3"}
    assert told("class A: pass\ndef f():\n    A(X())\n") == {"passed A 3"}
    assert told("@singleton\nclass A:\n    def __init__(self, c): c.m()\ndef f():\n    A(X())\n") == {
        "passed @singleton 5",
        "method m 3",
    }


@pytest.mark.parametrize(
    ("head", "call"),
    [
        pytest.param("@dataclass\nclass D:", "D(1, X())", id="data class"),
        pytest.param("@dataclasses.dataclass(frozen=True)\nclass D:", "D(a=1, c=X())", id="by keyword"),
        pytest.param("class D(NamedTuple):", "D(1, X())", id="named tuple"),
    ],
)
def test_fields(head: str, call: str) -> None:
    program = f"{head}\n    a: int\n    c: object\ndef f():\n    d = {call}\n    d.a.no()\n    d.c.m()\n"
    row = program.splitlines().index("    d.c.m()") + 1
    assert {one for one in told(program) if "X" not in one} == {f"stored attribute c {row - 2}", f"method m {row}"}


def test_attribute_that_is_read_by_anything() -> None:
    program = """
        class A:
            def __init__(self):
                self.c = X()
            def get(self, name):
                vars(self)
                self.__dict__
                operator.attrgetter("c")(self)
                return getattr(self, name)
    """
    assert told(program) == {
        "stored attribute c",
        "unknown vars 5",
        "unknown __dict__",
        "unknown attrgetter 7",
        "unknown getattr 8",
    }


def test_attribute_of_a_class() -> None:
    program = """
        class A:
            c = X()
            c.body()
            def m(self):
                self.c.own()
        def f():
            A.c.other()
            c.no()
    """
    assert told(program) == {"stored class c", "method body 3", "method own 5", "method other 7"}


def test_own_attributes_count_as_stored() -> None:
    program = """
        class Box: pass
        def f():
            b = Box()
            b.c = X()
            Box.d = b.c
            f.e = Box.d
            f.e.m()
    """
    assert told(program) == {"stored attribute c", "stored attribute d", "stored attribute e", "method m 7"}


def test_attributes_of_other_classes_are_others() -> None:
    program = """
        class A:
            def __init__(self):
                self.c = X()
            def m(self):
                self.c.own()
        class B(A):
            def n(self):
                super().c.above()
                self.c.below()
                [lambda: self.c.nested() for _ in x]
        class Mixed:
            def o(self):
                self.c.beside()
        class D(A, Mixed): pass
        class Other:
            def p(self):
                self.c.no()
                vars(self)
        def f(unknown):
            Other().c.no()
            D().c.made()
            b = B()
            b.c.named()
            other = Other()
            other.c.no()
            getattr(other, x)
            unknown.c.maybe()
    """
    names = {use.name for use in uses(program)} - {"attribute c"}
    assert names == {"own", "above", "below", "nested", "beside", "made", "named", "maybe"}


def test_methods_of_other_classes_are_others() -> None:
    program = """
        class A:
            def make(self):
                return X()
            def m(self):
                self.make().own()
        class Other:
            def make(self): pass
            def p(self):
                self.make().no()
        def f(unknown):
            Other().make().no()
            A().make().made()
            unknown.make().maybe()
    """
    assert {use.name for use in uses(program)} == {"own", "made", "maybe"}


def test_method_is_looked_up_in_the_family() -> None:
    program = """
        class A:
            def run(self):
                self.use(X())
            def use(self, c):
                c.own()
        class B(A):
            def use(self, c):
                c.below()
        class Other:
            def use(self, c):
                c.no()
    """
    assert {use.name for use in uses(program)} == {"own", "below"}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("def use(c): c.m()\nuse = other(use)", {"method m 1", "passed use 6"}, id="rebound"),
        pytest.param(
            "try:\n    from fast import use\nexcept E:\n    def use(c): c.m()", {"method m 4", "passed use 8"}, id="or"
        ),
        pytest.param(
            "if y:\n    def use(c): c.m()\nelse:\n    def use(c): c.n()", {"method m 2", "method n 4"}, id="either"
        ),
        pytest.param("(use := other)\ndef use(c): c.m()", {"method m 2", "passed use 6"}, id="walrus"),
    ],
)
def test_function_that_may_be_another(head: str, expected: set[str]) -> None:
    assert told(f"{head}\ndef f():\n    c = X()\n    c.go\n    use(c)\n") == expected | {"read go"}


def test_keyword_of_a_positional_parameter_goes_to_the_rest() -> None:
    assert told("def use(a, /, **c):\n    a.no()\ndef f():\n    use(1, a=X())\n") == {"unknown parameter of use 4"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("subprocess.run(c)", {"passed subprocess.run"}, id="other runners"),
        pytest.param("atexit.register(c.close)", {"read close"}, id="method passed to a function that is no thread"),
        pytest.param("for d in {c}: d.m()", {"method m"}, id="set"),
        pytest.param("list(map(c.get, xs))", {"read get"}, id="built-in map is no pool"),
        pytest.param("d, e = {c, 1}; d.m(); e.n()", {"method m", "method n"}, id="set in any order"),
        pytest.param("(1, c)[i:].m", {"read m"}, id="slice"),
        pytest.param("t = (c, 1)\n    with t: pass", {"kept with"}, id="container entered"),
        pytest.param("print((c, 1)); len([c])", {"printed print", "tested len"}, id="container printed"),
    ],
)
def test_more_uses(statement: str, expected: set[str]) -> None:
    found = uses(f"def f(xs, i):\n    c = X()\n    {statement}\n")
    assert {f"{use.kind} {use.name}" for use in found} == expected


def test_readers_of_attributes_that_cannot_be_the_owner() -> None:
    program = """
        import logging
        from argparse import ArgumentParser
        class Plain(ABC): pass
        class A(Plain):
            def __init__(self):
                self.c = X()
        class B:
            def m(self, name):
                getattr(self, name)
        def f(name, unknown):
            getattr(logging, name)
            parser = ArgumentParser()
            vars(parser)
            b = B()
            b.__dict__
            getattr(unknown, "d")
        def g(unknown, name):
            getattr(unknown, name)
    """
    assert told(program) == {"stored attribute c", "unknown getattr 18"}


# Given back


def test_callers_in_other_files() -> None:
    program = {
        "lib/db.py": "def connect():\n    return X()\n",
        "lib/__init__.py": "from .db import connect as link\n",
        "a.py": "from lib.db import connect\ndef f():\n    connect().a()\n",
        "b.py": "from lib import link\ndef f():\n    c = link()\n    c.b()\n",
        "c.py": "import lib.db\nimport lib.db as d\ndef f():\n    lib.db.connect().c()\n    d.connect().d()\n",
        "d.py": "def f(sqlite3, connect):\n    sqlite3.connect().no()\n    connect().no()\n",
        "e.py": "import sqlite3\nfrom psycopg2 import connect\nsqlite3.connect().no()\nconnect().no()\n",
        "lib/f.py": "from . import db\nfrom .db import connect\ndb.connect().e()\nconnect().g()\n",
        "g.py": "from lib.db import *\ndef f():\n    connect().h()\n",
        "h.py": "from g import connect\ndef f():\n    connect().i()\n",
    }
    assert {one.split()[1] for one in told(program)} == set("abcdeghi")
    assert {one.split()[0] for one in told(program)} == {"method"}


def test_copies_of_a_module() -> None:
    program = {
        "one/db.py": "def connect():\n    return X()\n",
        "two/db.py": "def connect():\n    return Y()\n",
        "one/app.py": "from db import connect\ndef f():\n    connect().a()\n",
        "one/deep/app.py": "import db\ndef f():\n    db.connect().b()\n",
        "two/app.py": "import db\ndef f():\n    db.connect().no()\n",
        "two/deep/app.py": "from db import connect as c\ndef f():\n    c().no()\n",
        "three/app.py": "from db import connect\ndef f():\n    connect().c()\n",
        "two/rel.py": "from ..one.db import connect\ndef f():\n    connect().d()\n",
    }
    assert {one.split()[1] for one in told(program)} == set("abcd")


def test_module_as_a_value() -> None:
    program = {
        "db.py": "def connect():\n    return X()\n",
        "a.py": "import db\ndef f():\n    g(db)\n",
        "b.py": "def g(d):\n    d.connect().m()\n",
    }
    assert told(program) == {"method m 2"}
    by_text = {**program, "a.py": "import importlib\ndef f():\n    g(importlib.import_module('app.db'))\n"}
    assert told(by_text) == {"method m 2"}
    assert told({**program, "a.py": "import db\ndef f():\n    g(db.other)\n"}) == {"returned connect 2"}
    by_name = "import sys\ndef connect():\n    return X()\ng(sys.modules[__name__])\n"
    assert told({**program, "db.py": by_name}) == {"method m 2"}


@pytest.mark.parametrize(
    "reference",
    [
        "g(connect)",
        "ROUTES = {'a': connect}",
        "other = connect",
        "getattr(m, 'connect')()",
        "run('app.connect')",
        "run('app:connect')",
        "connect.retry()",
        "x = [connect]",
    ],
)
def test_function_used_as_a_value(reference: str) -> None:
    program = f"def connect():\n    return X()\ndef f():\n    connect().m()\n    {reference}\n"
    assert told(program) == {"returned connect 2", "method m 4"}


@pytest.mark.parametrize(
    "reference",
    ["connect.cache_clear()", "'connect'", "__all__ = ['connect']", "from app import connect", "del connect"],
)
def test_references_that_call_nothing(reference: str) -> None:
    program = f"{reference}\ndef connect():\n    return X()\ndef f():\n    connect().m()\n"
    assert told(program) == {"method m 5"}


def test_methods_and_properties_give_back() -> None:
    program = """
        class A:
            @property
            def client(self):
                return self.make()
            @client.setter
            def client(self, value):
                value.no()
            def make(self):
                return X()
            def use(self):
                self.client.m()
                self.client = 1
        def f(a):
            a.client.n()
            with a.make() as c:
                c.o()
    """
    assert told(program) == {"method m 11", "method n 14", "entered with 15", "method o 16"}


def test_decorated_functions_and_entries() -> None:
    program = "@wrap\ndef get():\n    return X()\ndef f():\n    get().m()\n"
    assert told(program) == {"returned get 3", "method m 5"}
    for wrapper in ("retry", "tenacity.retry(stop=g(1))", "backoff.on_exception(e)", "tracer.capture_method"):
        assert told(program.replace("wrap", wrapper)) == {"method m 5"}
    own = "def retry(f):\n    return f\n" + program.replace("wrap", "retry(3)")
    assert told(own) == {"returned get 5", "method m 7"}
    cached = program.replace("wrap", "lru_cache(maxsize=None)")
    assert told(cached) == {"method m 5"}
    assert told(cached, [("app.py", "get")]) == {"returned get 3", "method m 5"}
    assert told(cached, [("other.py", "get")]) == {"method m 5"}


def test_the_interpreter_calls_special_methods() -> None:
    program = "class A:\n    def __enter__(self):\n        return X()\ndef f():\n    A().__enter__().m()\n"
    assert "returned A.__enter__ 3" in told(program)


def test_pairs_are_given_back() -> None:
    program = """
        def make():
            c = X()
            return c, c.cursor()
        def f():
            a, b = make()
            a.m()
            b.no()
            make()[0].n()
            p = make()
            p[1].no()
            g(p)
    """
    assert told(program) == {"method cursor 3", "method m 6", "method n 8", "passed g 11"}


def test_coroutines_give_back_when_awaited() -> None:
    program = """
        async def make():
            return X()
        async def f():
            (await make()).m()
            c = make()
            (await c).n()
            asyncio.gather(make())
        def g():
            asyncio.run(make()).o()
            make().close()
    """
    assert told(program) == {
        "method m 4",
        "method n 6",
        "passed asyncio.gather 7",
        "method o 9",
        "kept make().close 10",
    }


def test_lambda_that_gives_it() -> None:
    program = "make = lambda: X()\ndef f():\n    make().m()\n"
    assert told(program) == {"method m 3"}
    assert told(program + "    g(make)\n") == {"method m 3", "returned <lambda> 1"}
    assert told("class A:\n    def __init__(self):\n        self.make = lambda: X()\n") == {
        "returned A.__init__.<lambda> 3"
    }


def test_recursion_ends() -> None:
    program = """
        def f(c=None, n=3):
            c = c or X()
            g(c)
            return f(c, n - 1)
        def g(d):
            d.m()
            return f(g(d))
    """
    assert told(program) == {"tested", "method m 6"}


# Globals


def test_globals_are_followed_everywhere() -> None:
    program = {
        "app.py": """
            client = None
            def get():
                global client
                if client is None:
                    client = X()
                client.a()
            def other():
                client.b()
            def shadow(client):
                client.no()
        """,
        "b.py": "from app import client as k\nk.c()\nimport app\napp.client.d()\napp.client.e = 1\n",
        "c.py": "from other import client\nclient.no()\nself.client.no()\n",
    }
    assert told(program) == {
        "stored global client",
        "tested",
        "method a 6",
        "method b 8",
        "method c 2",
        "method d 4",
        "write e",
    }


def test_globals_of_another_module_are_set() -> None:
    program = {
        "app.py": "import conf\ndef f():\n    conf.client = X()\n",
        "conf.py": "client = None\ndef g():\n    client.m()\n",
    }
    assert told(program) == {"stored attribute client", "method m 3"}


def test_globals_by_text() -> None:
    assert told("c = X()\ndef f(n):\n    globals()[n].close()\n    exec(n)\n") == {
        "stored global c",
        "unknown globals() 3",
        "unknown exec() 4",
    }


# Functions that live on


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param("g()", set(), id="called"),
        pytest.param("[g() for _ in xs]", set(), id="called often"),
        pytest.param("sorted(xs, key=g)", set(), id="key"),
        pytest.param("xs.sort(key=g)", set(), id="key of a method"),
        pytest.param("list(map(g, xs))", set(), id="mapped at once"),
        pytest.param("retry(g)", set(), id="function of the project that calls it"),
        pytest.param("h = g; h()", set(), id="other name"),
        pytest.param("h = g if t else None; h()", set(), id="chosen"),
        pytest.param("if g: g()", set(), id="tested"),
        pytest.param("def h(): g()\n    h()", set(), id="called by another"),
        pytest.param("return g", {"kept closure f.g: return"}, id="returned"),
        pytest.param("return map(g, xs)", {"kept closure f.g: map"}, id="mapped later"),
        pytest.param("keep(g)", {"kept closure f.g: keep.c"}, id="function of the project that keeps it"),
        pytest.param("other(g)", {"kept closure f.g: other"}, id="unknown function"),
        pytest.param("h = g; self.h = h", {"kept closure f.g: self.h"}, id="attribute"),
        pytest.param("def h(): g()\n    return h", {"kept closure f.g: return"}, id="another that is returned"),
        pytest.param("pool.submit(g, 1)", {"threaded pool.submit"}, id="submitted"),
        pytest.param("Thread(target=g).start()", {"threaded Thread"}, id="thread"),
        pytest.param("pool.map(g, xs)", {"threaded pool.map"}, id="pool"),
        pytest.param("pool.submit(partial(g, 1))", {"threaded pool.submit"}, id="partial"),
        pytest.param("global k; k = g", {"kept closure f.g: module k"}, id="global"),
    ],
)
def test_closures(statements: str, expected: set[str]) -> None:
    program = (
        "def retry(c):\n    for _ in 1, 2: c()\ndef keep(c):\n    keep.c = c\n"
        f"def f(self):\n    c = X()\n    def g(*a): c.m()\n    {statements}\n"
    )
    assert told(program) == {"method m 7"} | expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param("h(key=lambda x: c.m(x))", {"kept closure f.<lambda>: h"}, id="lambda"),
        pytest.param("min(xs, key=lambda x: c.m(x))", set(), id="key"),
        pytest.param("return (c.m(x) for x in xs)", {"kept generator expression"}, id="generator"),
        pytest.param("return list(c.m(x) for x in xs)", set(), id="generator that is used up"),
        pytest.param("return sum(x for x in (c.m(y) for y in xs))", set(), id="generators that are used up"),
        pytest.param("return (x for x in c.m(1))", set(), id="first iterable of a generator"),
        pytest.param("class K:\n        def g(self): c.m()", {"kept class f.K"}, id="class"),
        pytest.param("@app.get('/')\n    def g(): c.m()", {"kept closure f.g: @get"}, id="decorated"),
        pytest.param("def g(): yield c.m()\n    for x in g(): pass", set(), id="generator function in a loop"),
        pytest.param("def g(): yield c.m()\n    return g()", {"kept closure f.g: f.g()"}, id="generator function"),
        pytest.param("async def g(): c.m()\n    create_task(g())", {"kept closure f.g: f.g()"}, id="task"),
        pytest.param("async def g(): c.m()\n    asyncio.run(g())", set(), id="run"),
    ],
)
def test_other_closures(statements: str, expected: set[str]) -> None:
    found = told(f"def f(xs):\n    c = X()\n    {statements}\n")
    assert {one for one in found if not one.startswith("method m ")} == expected
    assert len(found) == len(expected) + 1


def test_generators_and_coroutines_keep_their_arguments() -> None:
    program = """
        def rows(c):
            yield from c.m()
        async def work(c):
            await c.n()
        async def f():
            c = X()
            for r in rows(c): pass
            await work(c)
            await asyncio.wait_for(work(c), 3)
            t = create_task(work(c))
            return rows(c)
    """
    assert told(program) == {"method m 2", "method n 4", "kept work()", "kept rows()"}


# Threads and partial functions


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param("pool.submit(work, c, 1)", {"threaded pool.submit", "a"}, id="submit"),
        pytest.param("pool.submit(work, 1, b=c)", {"threaded pool.submit", "b"}, id="submit by keyword"),
        pytest.param("Thread(target=work, args=(1, c)).start()", {"threaded Thread", "b"}, id="thread"),
        pytest.param("Thread(target=work, kwargs={'a': c})", {"threaded Thread", "a"}, id="thread by keyword"),
        pytest.param("start_new_thread(work, (c, 2))", {"threaded start_new_thread", "a"}, id="low level"),
        pytest.param("pool.map(work, [c, c], ys)", {"threaded pool.map", "a"}, id="map"),
        pytest.param("pool.map(work, xs, [c])", {"threaded pool.map", "b"}, id="map of two"),
        pytest.param("loop.run_in_executor(None, work, 1, c)", {"threaded loop.run_in_executor", "b"}, id="loop"),
        pytest.param("asyncio.to_thread(work, c)", {"threaded asyncio.to_thread", "a"}, id="to_thread"),
        pytest.param("pool.apply_async(work, (c,))", {"threaded pool.apply_async", "a"}, id="apply"),
        pytest.param("Timer(3, work, [c]).start()", {"threaded Timer", "a"}, id="timer"),
        pytest.param("pool.submit(c.get, 1)", {"threaded pool.submit", "read get"}, id="own method"),
        pytest.param("pool.map(c.get, xs)", {"threaded pool.map", "read get"}, id="own method mapped"),
        pytest.param("pool.submit(other, c)", {"threaded pool.submit", "passed other"}, id="unknown function"),
        pytest.param("pool.map(other, c)", {"threaded pool.map", "passed pool.map"}, id="not in a list"),
        pytest.param("g = partial(work, c); g(2)", {"a"}, id="partial"),
        pytest.param("g = partial(work, b=c); g(2)", {"b"}, id="partial by keyword"),
        pytest.param("return partial(work, c)", {"a", "kept partial: return"}, id="partial returned"),
        pytest.param("pool.submit(partial(work, c))", {"a", "threaded pool.submit"}, id="partial submitted"),
        pytest.param("partial(c)", {"method __call__"}, id="partial of itself"),
        pytest.param("partial(other, c)()", {"passed other"}, id="partial of an unknown function"),
        pytest.param("list(map(work, c))", {"method __iter__"}, id="built-in map"),
    ],
)
def test_threads(call: str, expected: set[str]) -> None:
    program = f"def work(a, b):\n    a.on_a()\n    b.on_b()\ndef f(pool, loop, xs):\n    c = X()\n    {call}\n"
    found = {f"{use.kind} {use.name}" for use in uses(program)}
    assert found == {f"method on_{one}" if len(one) == 1 else one for one in expected}


def test_decorated_functions_see_their_arguments() -> None:
    program = """
        @wrap(3)
        def work(c):
            c.m()
        @lru_cache
        def cached(c):
            c.n()
        def f():
            c = X()
            work(c)
            cached(c)
    """
    assert told(program) == {"passed @wrap", "kept @lru_cache", "method m 3", "method n 6"}


# A class of the project


def test_instance_is_the_receiver_of_its_methods() -> None:
    program = """
        class Base:
            def low(self):
                self.token = 1
        class X(Base):
            def __init__(self):
                self.ready = True
            def high(this):
                this.low()
            @staticmethod
            def no(c):
                c.no()
            @classmethod
            def neither(cls):
                cls.no()
        def f():
            X().high()
    """
    assert told(program) == {"write token", "method low 8", "method high 16"}


# What uses tell, and what is not known


def test_where_a_use_stands() -> None:
    program = """
        class App:
            def run(self):
                self.c = X()
                self.c.close()
    """
    (stored, closed) = sorted(uses(program), key=lambda use: use.kind, reverse=True)
    assert stored == Use("stored", "attribute c", "app.py", None, "App.run", "self.c")
    assert closed == Use("method", "close", "app.py", Span(4, 9, 4, 23), "App.run", "self.c")


def test_file_that_cannot_be_read_is_told() -> None:
    program = {"app.py": "class A:\n    def f(self):\n        self.client = X()\n", "bad.py": "self.client = (\n"}
    assert told(program) == {"stored attribute client", "unknown unreadable file"}


def test_nothing_stands_there() -> None:
    sources = Sources({"app.py": "f()\n"})
    (only,) = uses_of(sources, "app.py", Span(9, 1, 9, 4))
    assert only.kind == "unknown"
    (only,) = uses_of(sources, "none.py", Span(1, 1, 1, 4))
    assert only.kind == "unknown"


def test_work_is_bounded() -> None:
    assert "unknown too many places" in told(f"def f():\n    a = X()\n    a = ({'a, ' * 40})\n")


def test_project_indexes_each_file_once() -> None:
    sources = Sources({"app.py": "def f():\n    c = X()\n    c.m()\n"})
    path, span = sources.construction()
    project = Project(sources)
    before = sources.asked
    first = uses_of(project, path, span)
    assert uses_of(project, path, span) == first
    assert sources.asked == before + 1


# Callers


def called(program: str | Mapping[str, str], name: str, path: str = "app.py") -> tuple[list[str], bool, str]:
    sources = Sources({"app.py": program} if isinstance(program, str) else program)
    found = callers_of(sources, path, name)
    return [f"{site.path}:{site.call.span.row}:{site.function}" for site in found.calls], found.complete, found.why


def test_callers() -> None:
    program = {
        "app.py": "def get(n): pass\nget(1)\ndef f():\n    return [get(2) for _ in x]\n",
        "b.py": "import app\nfrom app import get as g\nclass A:\n    def m(self):\n        app.get(3), g(4)\n",
    }
    assert called(program, "get") == (["app.py:2:", "app.py:4:f", "b.py:5:A.m", "b.py:5:A.m"], True, "")


def test_callers_of_methods() -> None:
    program = {
        "app.py": "class A:\n    def get(self): pass\n    def f(self):\n        self.get()\n",
        "b.py": "import requests\ndef f(x):\n    x.y.get()\n    requests.get()\n    get()\n",
    }
    assert called(program, "A.get") == (["app.py:4:A.f", "b.py:3:f"], True, "")


def test_callers_of_a_constructor() -> None:
    program = "class A:\n    def __init__(self, c): pass\ndef f():\n    A(1)\n"
    assert called(program, "A.__init__") == (["app.py:4:f"], True, "")
    assert called(program + "class B(A): pass\n", "A.__init__") == (
        ["app.py:4:f"],
        False,
        "A is used as a value in app.py",
    )


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("h(get)\n", "get is used as a value in app.py"),
        ("h('get')\n", '"get" in app.py may name it'),
        ("h('app.get')\n", '"app.get" in app.py may name it'),
        ("import app\napp.get = 1\n", "app.get is used as a value in app.py"),
    ],
)
def test_callers_that_may_not_be_all(rest: str, why: str) -> None:
    calls, complete, told_why = called("def get(): pass\nget()\n" + rest, "get")
    assert (calls, complete, told_why) == (["app.py:2:"], False, why)


def test_callers_of_what_is_not_there() -> None:
    assert called("", "get") == ([], False, "app.py defines no get")
    assert called("@wrap\ndef get(): pass\n", "get") == ([], False, "@wrap")
    assert called("class A:\n    @property\n    def get(self): pass\nA().get\n", "A.get")[1:] == (
        False,
        "A.get is a property",
    )


# Literals


def origins(program: str | Mapping[str, str], name: str = "get", entries: Iterable[tuple[str, str]] = ()) -> list[str]:
    """What the parameters are at each call, as "a=literal b=unknown"."""
    project = Project(Sources({"app.py": program} if isinstance(program, str) else program))
    return [
        " ".join(
            f"{parameter}={origin}"
            for parameter, origin in literal_arguments(project, site, "app.py", name, set(entries)).items()
        )
        for site in callers_of(project, "app.py", name).calls
    ]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("get('a')", "literal"),
        ("get(None)", "literal"),
        ("get(3)", "literal"),
        ("get(n='a')", "literal"),
        ("get(NAME)", "literal"),
        ("get(TWICE)", "unknown"),
        ("get(CHANGED)", "unknown"),
        ("get(LATER)", "unknown"),
        ("get('a' if x else NAME)", "literal"),
        ("get(x or 'a')", "unknown"),
        ("get(f'{x}')", "unknown"),
        ("get('a' + x)", "unknown"),
        ("get(x)", "unknown"),
        ("get(event['a'])", "unknown"),
        ("get(os.environ['A'])", "environment"),
        ("get(os.environ[x])", "unknown"),
        ("get(os.environ.get('A'))", "environment"),
        ("get(os.environ.get('A', 'b'))", "environment"),
        ("get(os.environ.get('A', x))", "unknown"),
        ("get(os.getenv('A') or 'b')", "environment"),
        ("get(getenv('A'))", "environment"),
        ("get(environ['A'])", "environment"),
        ("get(STAGE)", "environment"),
        ("get(mine.environ['A'])", "unknown"),
        ("get(*x)", "unknown"),
        ("get(**x)", "unknown"),
        ("get(*['a'])", "unknown"),
        ("[get(n) for n in ('a', 'b')]", "literal"),
        ("[get(n) for n in NAMES]", "literal"),
        ("[get(n) for n in LIST]", "unknown"),
        ("[get(n) for _, n in [(x, 'a'), (x, 'b')]]", "literal"),
        ("[get(n) for n, _ in [(x, 'a'), (x, 'b')]]", "unknown"),
        ("[get(n) for n in ('a', x)]", "unknown"),
        ("[get(n) for n in ('a', *x)]", "unknown"),
        ("[get(n) for n in x]", "unknown"),
        ("for n in ('a', 'b'): get(n)", "literal"),
        ("for n in ITEMS: get(n)", "unknown"),
        ("for n in (e, 'a'): get(n)", "literal"),
        ("get(e)", "literal"),
        ("get(True)", "literal"),
        ("get(-1)", "literal"),
        ("get(b'a')", "unknown"),
        ("get(('a', 'b'))", "unknown"),
        ("get(conf)", "unknown"),
        ("get(f)", "unknown"),
        ("get(a)", "literal"),
        ("get(b)", "unknown"),
        ("get(c)", "literal"),
        ("get(d)", "unknown"),
        ("get((w := 'a'))", "unknown"),
        ("get(conf.REGION)", "literal"),
        ("get(REGION)", "literal"),
        ("get(conf.OTHER)", "unknown"),
    ],
)
def test_literal(call: str, expected: str) -> None:
    program = f"""
        import os, conf
        from os import environ, getenv
        from conf import REGION
        NAME = "n"
        TWICE = "a"
        TWICE = "b"
        CHANGED = "a"
        LATER: str
        STAGE = os.environ["STAGE"]
        NAMES = ("a", NAME)
        LIST = ["a"]
        def get(n): pass
        def change():
            global CHANGED
            CHANGED = x
        def f(x, event):
            a, b = "a", x
            c = "c"
            d = "d"
            d = x
            if (e := "e"): pass
            for ITEMS in (("a",), x): pass
            {call}
    """
    conf = "REGION = 'r'\nOTHER = g()\n"
    assert origins({"app.py": program, "conf.py": conf}) == [f"n={expected}"]


def test_constants_that_another_file_sets() -> None:
    program = "NAME = 'a'\ndef get(n): pass\nget(NAME)\n"
    assert origins({"app.py": program}) == ["n=literal"]
    assert origins({"app.py": program, "b.py": "import app\napp.NAME = x\n"}) == ["n=unknown"]
    assert origins({"app.py": program + "exec(x)\n"}) == ["n=unknown"]


def test_defaults_and_the_rest() -> None:
    program = """
        def get(a, b="x", *c, d=g(), **e): pass
        get("a")
        get("a", "b", "c", d="d")
        get("a", "b", f=1, d=x)
    """
    assert origins(program) == [
        "a=literal b=literal c=literal d=unknown e=literal",
        "a=literal b=literal c=unknown d=literal e=literal",
        "a=literal b=literal c=literal d=unknown e=unknown",
    ]


def test_parameters_of_callers() -> None:
    program = """
        def get(n): pass
        def one(n, m="b"):
            get(n)
            get(m)
        def two(n):
            one(n)
            one("b", m=n)
        def handler(event):
            two("a")
            three(event)
            four("a")
        def three(n):
            get(n)
        def four(n):
            n = n.lower()
            get(n)
    """
    assert origins(program) == ["n=literal", "n=literal", "n=unknown", "n=unknown"]
    assert origins(program, entries=[("app.py", "two")])[:2] == ["n=unknown", "n=unknown"]
    assert origins(dedent(program) + "h(two)\n")[:2] == ["n=unknown", "n=unknown"]


def test_circles_of_callers() -> None:
    program = """
        def get(n): pass
        def one(n, k):
            get(n)
            two(n)
        def two(m):
            one(m, 1)
        def three(x):
            get(x)
            three(x)
    """
    assert origins(program) == ["n=unknown", "n=unknown"]
    assert origins(dedent(program) + "one('a', 2)\n") == ["n=literal", "n=unknown"]
    assert origins(dedent(program) + "one('a', 2)\ntwo(g())\n") == ["n=unknown", "n=unknown"]


def test_receivers_are_left_out() -> None:
    program = """
        class A:
            def get(self, n): pass
            @staticmethod
            def static(n): pass
            @classmethod
            def cls(cls, n): pass
        a.get("x")
        A.get(a, "x")
        A.static("x")
        A.cls("x")
    """
    assert origins(program, "A.get") == ["n=literal", "self=unknown n=literal"]
    assert origins(program, "A.static") == ["n=literal"]
    assert origins(program, "A.cls") == ["n=literal"]


@pytest.mark.parametrize(("length", "expected"), [(30, "literal"), (400, "unknown")])
def test_chain_of_callers_is_bounded(length: int, expected: str) -> None:
    chain = "".join(f"def f{i}(n):\n    f{i + 1}(n)\n" for i in range(length))
    program = f"{chain}def f{length}(n):\n    get(n)\ndef get(n): pass\nf0('a')\n"
    assert origins(program) == [f"n={expected}"]


def test_long_expressions_are_bounded() -> None:
    longest = " or ".join(["'a'"] * 100)
    assert origins(f"def get(n): pass\nget({longest})\n") == ["n=unknown"]


def test_function_of_many_names_is_bounded() -> None:
    names = "".join(f"    g{i + 1} = g{i}\n" for i in range(400))
    program = f"def f():\n    c = X()\n    def g0(): c.m()\n{names}    g400()\n"
    assert told(program) == {"method m 3", "kept closure f.g0: too many names"}
