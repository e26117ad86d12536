"""Calls that leave the project: constructions of clients, other library code, and what cannot be followed at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import builtins, calls, expressions, imports, known
from lambda_conn_lint.link.analysis import Construction, Handed
from lambda_conn_lint.link.values import (
    ClassObject,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Imported,
    Instance,
    Memoised,
    Object,
    Partial,
    Phase,
    Site,
    Taint,
    Value,
    only,
    ordered,
    taint_of,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.calls import Arguments
    from lambda_conn_lint.link.frame import Frame

_FUNCTIONS = (FunctionObject, Memoised, Partial)
_AWS_DISTRIBUTIONS = frozenset({"boto3", "botocore", "aioboto3", "aiobotocore", "aws-lambda-powertools"})


def external_call(frame: Frame, thing: External, function: Value, arguments: Arguments, span: Span) -> Value:
    """Call something outside the project: a construction, something the linker knows, or any other library code."""
    catalogue = frame.analysis.catalogue
    taint = taint_of(arguments.all()) | function.taint
    name = catalogue.canonical(thing.name)
    last = name.rpartition(".")[2]
    if thing.bound is not None:
        client = catalogue.method(thing.bound.name, last)
        if client is not None and not function.open:
            sites = frozenset() if thing.bound.site is None else frozenset((thing.bound.site,))
            return construct(frame, client, arguments, span, taint, sites)
    else:
        client = catalogue.by_name.get(name)
        if client is not None and client.call != "method":
            if function.open:
                return unknown(taint)
            return construct(frame, client, arguments, span, taint, frozenset())
    if last in known.FIELDS:
        return unknown(taint)
    found = builtins.known_call(frame, name, arguments, span)
    if found is not None:
        return found
    if last in known.PER_REQUEST_CREDENTIALS:
        taint |= Taint.DEPENDENT
    if name in known.VOLATILE or name.startswith(known.VOLATILE_MODULES):
        taint |= Taint.VOLATILE
    registers = name.partition(".")[0] in known.REGISTERING
    if not name.startswith("builtins."):
        unknown_call(frame, _called_now(last, arguments) if registers else arguments, taint, last, span)
    carried = tuple(_callables(frame, arguments))
    if registers:
        maker = (only(thing.maker),) if isinstance(thing.maker, ClassObject) else ()
        note_handed(frame, name, arguments._replace(positional=arguments.positional + maker), span)
    is_class = last[:1].isupper()
    if isinstance(thing.maker, ClassObject) and last.startswith(known.ALTERNATE_CONSTRUCTORS):
        return Value(frozenset((Instance(thing.maker, Phase.UNKNOWN),)), True, taint)
    return Value(frozenset((ExternalInstance(name, frame.phase, None, carried),)), not is_class, taint)


def _called_now(name: str, arguments: Arguments) -> Arguments:
    """What a framework's callee is given, without what waits for an application to start or stop."""
    if name in known.LIFE_SPAN:
        return calls.Arguments()
    return arguments._replace(keywords=tuple(given for given in arguments.keywords if given[0] not in known.LIFE_SPAN))


def note_handed(frame: Frame, name: str, arguments: Arguments, span: Span) -> None:
    """Remember what a framework was given, by a call or as what it decorates: it may be called per invocation."""
    values = (*(("", value) for value in arguments.positional), *arguments.keywords)
    frame.analysis.handed.setdefault(frame.path, {})[name, span] = Handed(name, values, frame.phase)


def declared_call(frame: Frame, thing: FunctionObject | ClassObject, arguments: Arguments, span: Span) -> Value | None:
    """Call something of the project that the user has declared: a client, or what memoises; none for all else.

    What such a client does inside is its own affair: its methods are not followed.
    """
    name = frame.analysis.declared.name_of(thing)
    if not name:
        return None
    client = frame.analysis.catalogue.by_name.get(name)
    if not frame.analysis.declared.is_declared(thing):
        return None if client is None else unknown_call(frame, arguments, Taint.NONE, "", span)
    if client is not None:
        return construct(frame, client, arguments, span, taint_of(arguments.all()), frozenset())
    return builtins.memoiser(frame, name, arguments) if name in frame.analysis.memoisers else None


def declared_bases(frame: Frame, cls: ClassObject) -> Iterable[str]:
    """The names of declared classes of the project that a class inherits from."""
    for base in frame.analysis.classes.order(cls):
        if isinstance(base, ClassObject) and frame.analysis.declared.is_declared(base):
            yield frame.analysis.declared.name_of(base)


def construct(
    frame: Frame, client: Client, arguments: Arguments, span: Span, taint: Taint, chained: frozenset[Site]
) -> Value:
    site = Site(frame.path, span)
    frame.analysis.clients[site] = client
    given = [
        thing
        for value in arguments.all()
        for thing in value.objects
        if isinstance(thing, ExternalInstance) and thing.site is not None
    ]
    # Built on a pool or session that outlives the invocation, a client is a thin handle.
    is_derived = any(thing.life is Phase.PROCESS for thing in given)
    if client.distribution in _AWS_DISTRIBUTIONS:
        for name in known.AWS_ENVIRONMENT:
            taint |= frame.written_environment(name)
    if not is_derived and not client.light:
        sites = chained | {thing.site for thing in given if thing.site is not None}
        frame.construct(Construction(site, client, taint, frozenset(sites)))
    unknown_call(frame, arguments, taint, "", span)
    return only(ExternalInstance(client.returns or client.name, frame.phase, site), taint & ~Taint.KEYED)


def unknown_call(frame: Frame, arguments: Arguments, taint: Taint, name: str, span: Span) -> Value:
    """Call something that cannot be followed: functions that it is given count as called by it."""
    taint |= taint_of(arguments.all())
    if frame.phase is not Phase.INVOCATION:
        return unknown(taint)
    positional = arguments.positional
    if name in known.FORWARDERS and positional and list(_callables(frame, calls.Arguments(positional[:1]))):
        calls.call(frame, positional[0], arguments._replace(positional=positional[1:]), span)
        positional = positional[1:]
    for thing in _callables(frame, arguments._replace(positional=positional)):
        calls.call_object(frame, thing, calls.Arguments(rest=unknown(taint)), span)
    if name in known.PER_REQUEST_CREDENTIALS:
        taint |= Taint.DEPENDENT
    return unknown(taint)


def _callables(frame: Frame, arguments: Arguments) -> Iterable[Object]:
    """Functions of the project among the arguments, also in a list or dict of them, and imported from other modules."""
    seen: dict[Object, None] = {}
    pending = list(arguments.all())
    while pending:
        for thing in ordered(pending.pop().objects):
            if isinstance(thing, Container):
                pending.append(expressions.element_of(only(thing)))
            elif isinstance(thing, Imported):
                # A module from which no client can be reached has no function that matters.
                if thing.module.path and frame.analysis.leads_to_client(thing.module.path):
                    found = imports.resolve(frame, only(thing))
                    seen.update((one, None) for one in ordered(found.objects) if isinstance(one, _FUNCTIONS))
            elif isinstance(thing, _FUNCTIONS):
                seen[thing] = None
    return seen
