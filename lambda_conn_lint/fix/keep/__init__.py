"""One construction: whether it can be kept, and what that takes.

shared      a client that all invocations share; borrow sorts its uses, helper is a function that becomes its accessor
taken       a connection that a slot keeps; lending is how functions give theirs back
extras      what single libraries need besides
job         one of them with everything that its edits are made from
"""
