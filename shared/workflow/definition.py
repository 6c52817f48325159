"""The transition table of a record: from it come the routes, the allowed actions with their reasons, the diagram in docs/workflows and the
test of every status × action × role. It stands in each domain's ``workflow.py``, typed by its record: a guard asks for what that has.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeVar, overload
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.history import RecordType
from shared.events.base import Event
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.wording import Word, reader_of, words_of
from shared.workflow.asked import Suggest
from shared.workflow.colours import Colour
from shared.workflow.facts import Fact


class Labelled(StrEnum):
    """A status or an action: ``NAME = "code", "中文"``. The code goes over the wire, the label is what people read. A third value is the
    colour that helps the eye (TRN-33); ``coloured`` is what was given one, as each status of a workflow is."""

    label: str
    colour: Colour
    coloured: bool

    def __new__(cls, code: str, label: str, colour: Colour | None = None) -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label, member.colour, member.coloured = label, colour or Colour.QUIET, colour is not None
        return member


class Record(Protocol):
    """What a workflow can move: a row with an id and a status."""

    @property
    def id(self) -> UUID: ...

    @property
    def status(self) -> Labelled: ...


class ActionBody(BaseModel):
    """What comes with an action; a transition that needs more names a subclass."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, CleanText(500, blank=True, lines=True)] | None = Field(default=None, description="理由")


@dataclass(frozen=True)
class Refusal:
    """Why not, and what to do next (PLAT-02). ``code`` is stable, ``reason`` Chinese."""

    code: str
    reason: str


R = TypeVar("R", bound=Record)
T = TypeVar("T")  # the record where its table is written, which is before the record is whole
A = TypeVar("A", bound=Labelled)
B = TypeVar("B", bound=ActionBody)
Bound = TypeVar("Bound")
Guard = Callable[[T, Actor, datetime], Refusal | None]
Emits = Callable[[T, Actor, B], Event]
Effect = Callable[[AsyncSession, T, Actor, B], Awaitable[None]]
EffectOfMany = Callable[[AsyncSession, Sequence[T], Actor, B], Awaitable[None]]
Binds = Callable[[Bound], Bound]
Statuses = frozenset[Labelled] | set[Labelled]
Permissions = frozenset[Permission] | set[Permission]
ANY_PERMISSION: frozenset[Permission] = frozenset()


@dataclass(frozen=True)
class Transition(Generic[T, A]):
    """``by`` empty means a step of the platform itself. ``guard`` is a pure function of the loaded record, the actor and the time.
    ``then`` names an effect in the same transaction, bound with ``Workflow.effect`` by the domain that owns it. ``emits`` is given what
    ``body`` names."""

    action: A
    sources: Statuses
    target: Labelled
    by: Permissions = ANY_PERMISSION
    guard: Guard[T] | None = None
    needs_reason: bool = False
    then: str | None = None
    emits: Emits[T, Any] | None = None
    body: type[ActionBody] = ActionBody

    if (
        TYPE_CHECKING
    ):  # what is emitted is typed by the body that comes with the action, which a dataclass alone cannot say

        @overload
        def __init__(
            self,
            action: A,
            sources: Statuses,
            target: Labelled,
            *,
            by: Permissions = ...,
            guard: Guard[T] | None = ...,
            needs_reason: bool = ...,
            then: str | None = ...,
            emits: Emits[T, ActionBody] | None = ...,
        ) -> None: ...

        @overload
        def __init__(
            self,
            action: A,
            sources: Statuses,
            target: Labelled,
            *,
            by: Permissions = ...,
            guard: Guard[T] | None = ...,
            needs_reason: bool = ...,
            then: str | None = ...,
            emits: Emits[T, B] | None = ...,
            body: type[B],
        ) -> None: ...

        def __init__(self, *given: object, **named: object) -> None: ...

    def brought(self, body: ActionBody | None) -> ActionBody:
        """What comes with this action: ``body``, or an empty one. A body of another class is the caller's mistake: ``TypeError``."""
        body = body or self.body()
        if not isinstance(body, self.body):
            raise TypeError(f"{self.action} needs {self.body.__name__}, not {type(body).__name__}")
        return body


@dataclass(frozen=True)
class Workflow(RecordType, Generic[T, A]):
    """``hints`` gives the words for an action that a status does not allow; without them it is not offered there. ``consequences`` say of
    each action what will happen, before it is done, ``suggestions`` which values of its fields would be taken. ``asks`` are facts that
    domains above this one know. ``deletion`` names the effect that comes before a record is deleted. ``addresses`` are where each action
    is done, known where it is served."""

    label: str
    statuses: type[Labelled]
    initial: Labelled
    transitions: Sequence[Transition[T, A]]
    hints: Mapping[tuple[A, Labelled], str] = field(default_factory=dict)
    consequences: Mapping[A, str] = field(default_factory=dict)
    suggestions: Mapping[A, Suggest[T]] = field(default_factory=dict)
    asks: Sequence[Fact[..., Any]] = ()
    deletion: str | None = None
    effects: dict[str, Effect[T, Any]] = field(default_factory=dict, compare=False)
    effects_of_many: dict[str, EffectOfMany[T, Any]] = field(default_factory=dict, compare=False)
    addresses: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """What the history of every such record names: its status, and what its actions bring. Words that a domain has given stay, also
        when the table is made once more from itself."""
        brought = {name: word for row in self.transitions for name, word in words_of(row.body).items()}
        self.words.update({**brought, "status": Word("状态", reader_of(self.statuses)), **self.words})

    @overload
    def effect(self, name: str) -> Binds[Effect[T, ActionBody]]: ...

    @overload
    def effect(self, name: str, body: type[B]) -> Binds[Effect[T, B]]: ...

    def effect(self, name: str, body: type[ActionBody] = ActionBody) -> Binds[Effect[T, Any]]:
        """Decorator: binds the effect that a transition names, in the service module of the domain that owns it. ``body`` is what every
        transition that names the effect brings."""
        return self._binder(self.effects, name, body)

    @overload
    def effect_of_many(self, name: str) -> Binds[EffectOfMany[T, ActionBody]]: ...

    @overload
    def effect_of_many(self, name: str, body: type[B]) -> Binds[EffectOfMany[T, B]]: ...

    def effect_of_many(self, name: str, body: type[ActionBody] = ActionBody) -> Binds[EffectOfMany[T, Any]]:
        """Decorator: the same effect for many records at once, where ``apply_all`` should not run it for each."""
        return self._binder(self.effects_of_many, name, body)

    def _binder(self, effects: dict[str, Bound], name: str, body: type[ActionBody]) -> Binds[Bound]:
        for row in self.transitions:
            if row.then == name and not issubclass(row.body, body):
                raise TypeError(f"{self.name}: {row.action} brings {row.body.__name__}, {name} needs {body.__name__}")

        def bind(function: Bound) -> Bound:
            effects[name] = function
            return function

        return bind

    def actions(self) -> tuple[A, ...]:
        """Every action once, in the table's order."""
        return tuple(dict.fromkeys(t.action for t in self.transitions))

    @cached_property
    def _rows(self) -> Mapping[Labelled, Mapping[Labelled, Transition[T, A]]]:
        """{action: {status: the first row that has both}}: a list asks for every action of every record."""
        of_action: dict[Labelled, dict[Labelled, Transition[T, A]]] = {}
        for row in self.transitions:
            rows = of_action.setdefault(row.action, {})
            rows.update({status: row for status in row.sources if status not in rows})
        return of_action

    @cached_property
    def _permissions(self) -> Mapping[Labelled, frozenset[Permission]]:
        return {each: frozenset().union(*(t.by for t in self.transitions if t.action == each)) for each in self._rows}

    def permissions_for(self, action: Labelled) -> frozenset[Permission]:
        """Who may ever do this; empty for a step of the platform."""
        return self._permissions.get(action, ANY_PERMISSION)

    def transition(self, action: Labelled, status: Labelled) -> Transition[T, A] | None:
        """The row for this action in this status."""
        return self._rows.get(action, {}).get(status)

    def body_of(self, action: Labelled) -> type[ActionBody]:
        """What comes with this action over the wire."""
        return next(t.body for t in self.transitions if t.action == action)

    def status_refusal(self, action: A, status: Labelled) -> Refusal:
        """Why this status does not allow the action."""
        words = self.hints.get((action, status)) or f"当前状态为“{status.label}”，不能{action.label}"
        return Refusal(f"status_is_{status.value}", words)

    def unbound(self) -> set[str]:
        """Effects and facts that the table names and nobody has bound."""
        named = {t.then for t in self.transitions if t.then} | ({self.deletion} if self.deletion else set())
        return (named - set(self.effects)) | {fact.name for fact in self.asks if not fact.is_bound}

    async def before_deletion(self, session: AsyncSession, record: T, actor: Actor, reason: str | None = None) -> None:
        """What ``deletion`` names."""
        if self.deletion:
            await self.effects[self.deletion](session, record, actor, ActionBody(reason=reason))


AnyWorkflow = Workflow[Any, Any]  # for whoever reads every table alike: diagrams, histories


def refusal_of(workflow: Workflow[R, A], record: R, action: A, actor: Actor, now: datetime) -> Refusal | None:
    """Why this action cannot be done now, whoever asks; None when it can. Permission is asked before, by the caller."""
    row = workflow.transition(action, record.status)
    if row is None:
        return workflow.status_refusal(action, record.status)
    return row.guard(record, actor, now) if row.guard else None
