"""From libcst to facts: what one module defines, imports, calls, binds and tests, unresolved.

Facts depend on nothing but the module's bytes: no catalogue, no configuration, no other module. That makes them safe
to remember by content. They keep the order and nesting of statements, because what runs once and what runs on every
invocation is decided by the tests and returns that stand around a call.
"""
