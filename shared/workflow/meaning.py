"""What a status means, said once, on its enum. A question is asked of a status (``plan.status.takes_people``) or, in a query, of all of
them (``Plan.status.in_(PlanStatus.takes_people)``). It names the statuses that answer yes, so that one which is added answers no until
somebody has said what it may.
"""

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar, overload

S = TypeVar("S", bound=Enum)


class meaning(Generic[S]):
    """Decorator of a method of an enum that says yes for some of its members: a property of each, and of the enum the set of those."""

    def __init__(self, ask: Callable[[S], bool]) -> None:
        self.ask = ask
        self.__doc__ = ask.__doc__

    @overload
    def __get__(self, status: None, enum: type[S]) -> frozenset[S]: ...

    @overload
    def __get__(self, status: S, enum: type[S]) -> bool: ...

    def __get__(self, status: S | None, enum: type[S]) -> frozenset[S] | bool:
        return frozenset(filter(self.ask, enum)) if status is None else self.ask(status)
