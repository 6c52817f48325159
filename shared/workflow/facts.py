"""What a domain has to know of one that stands above it, asked by name: the domain that asks states the fact beside its table, the domain
that knows binds the answer. The type checker holds the answer against the question; an arrow back up is not needed.
"""

from collections.abc import Awaitable, Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
K = TypeVar("K")


class Unbound(RuntimeError):
    """A name that nobody has bound in this process. It is the platform's own fault: no process starts with one."""


class Fact(Generic[P, K]):
    """``IN_USE = Fact[[AsyncSession, UUID], bool]("in_use")`` in the ``workflow.py`` of the domain that asks, named in the ``asks`` of its
    table; ``@IN_USE.answer`` above the function of the domain that knows; ``await IN_USE(session, plan_id)``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: Callable[P, Awaitable[K]] | None = None

    @property
    def is_bound(self) -> bool:
        return self._answer is not None

    def answer(self, function: Callable[P, Awaitable[K]]) -> Callable[P, Awaitable[K]]:
        """Decorator: binds the answer."""
        self._answer = function
        return function

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> K:
        if self._answer is None:
            raise Unbound(self.name)
        return await self._answer(*args, **kwargs)
