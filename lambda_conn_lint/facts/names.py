"""Which names a function uses from around it."""

from __future__ import annotations

from lambda_conn_lint.facts import model as m


def free_names(module: m.ModuleFacts, function: m.FunctionFacts) -> set[str]:
    """Names that the function, or a function or class inside it, refers to and that it does not bind."""
    used: set[str] = set()
    pending: list[object] = [function.body]
    while pending:
        for node in m.descendants(pending.pop()):
            if isinstance(node, m.Name):
                used.add(node.id)
            elif isinstance(node, m.Function | m.Define):
                inner = module.functions[node.number]
                used |= free_names(module, inner)
                pending.append(inner.decorators)
                pending.extend(parameter.default for parameter in inner.parameters)
            elif isinstance(node, m.DefineClass):
                cls = module.classes[node.number]
                pending.append((cls.bases, cls.decorators, cls.body))
            elif isinstance(node, m.Declare) and node.kind == "nonlocal":
                used.update(node.names)
    return used - function.bound
