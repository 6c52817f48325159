"""Whether every name that a service's tables state is bound in this process: asked before an API or a worker starts, because a name is
looked up only when the step is taken, which may be days later and at night.
"""

from collections.abc import Sequence
from importlib import import_module

from shared.workflow.definition import AnyWorkflow
from shared.workflow.facts import Unbound


def unbound_in(workflows: Sequence[AnyWorkflow]) -> list[str]:
    """``table.name`` of each effect or fact that nobody has bound."""
    return sorted(f"{workflow.name}.{name}" for workflow in workflows for name in workflow.unbound())


def bind(module: str | None) -> None:
    """Imports a service's ``bindings``, which names its tables and imports whoever binds something, whatever else this process runs.
    Raises ``Unbound`` when a name is left."""
    if module and (missing := unbound_in(import_module(module).WORKFLOWS)):
        raise Unbound(f"{module}: {', '.join(missing)}")


def check_given(module: str | None) -> None:
    """Asks a service's ``bindings`` whether what the operator has given fits (``AT_START``); what does not raises."""
    for check in getattr(import_module(module), "AT_START", ()) if module else ():
        check()
