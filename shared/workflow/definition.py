"""The transition table of a record. From it come the routes, the allowed actions with their reasons, the diagram in docs/workflows and
the test of every status × action × role. The table itself is in each domain's ``workflow.py``.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import Event
from shared.identity import Actor
from shared.roles import Permission


class Labelled(StrEnum):
    """A status or an action: ``NAME = "code", "中文"``. The code goes over the wire, the label is what people read."""

    label: str

    def __new__(cls, code: str, label: str) -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


class Record(Protocol):
    """What a workflow can move: a row with an id and a status."""

    id: Any
    status: Any


class ActionBody(BaseModel):
    """What comes with an action; a transition that needs more names a subclass."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(default=None, max_length=500, description="理由")


@dataclass(frozen=True)
class Refusal:
    """Why not, and what to do next (PLAT-02). ``code`` is stable, ``reason`` Chinese."""

    code: str
    reason: str


Guard = Callable[[Any, Actor, datetime], Refusal | None]
Emits = Callable[[Any, Actor, ActionBody], Event]
Effect = Callable[[AsyncSession, Any, Actor, ActionBody], Awaitable[None]]
EffectOfMany = Callable[[AsyncSession, Sequence[Any], Actor, ActionBody], Awaitable[None]]
ANY_PERMISSION: frozenset[Permission] = frozenset()


@dataclass(frozen=True)
class Transition:
    """``by`` empty means a step of the platform itself. ``guard`` is a pure function of the loaded record, the actor and the time.
    ``then`` names an effect in the same transaction, bound with ``Workflow.effect`` by the domain that owns it."""

    action: Labelled
    sources: frozenset[Labelled] | set[Labelled]
    target: Labelled
    by: frozenset[Permission] | set[Permission] = ANY_PERMISSION
    guard: Guard | None = None
    needs_reason: bool = False
    then: str | None = None
    emits: Emits | None = None
    body: type[ActionBody] = ActionBody


@dataclass(frozen=True)
class Workflow:
    """``hints`` gives the words for an action that a status does not allow; without one the words are made from the labels."""

    name: str
    label: str
    statuses: type[Labelled]
    initial: Labelled
    transitions: Sequence[Transition]
    hints: Mapping[tuple[Labelled, Labelled], str] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict, compare=False)
    effects_of_many: dict[str, EffectOfMany] = field(default_factory=dict, compare=False)

    def effect(self, name: str) -> Callable[[Effect], Effect]:
        """Decorator: binds the effect that a transition names, in the service module of the domain that owns it."""

        def bind(function: Effect) -> Effect:
            self.effects[name] = function
            return function

        return bind

    def effect_of_many(self, name: str) -> Callable[[EffectOfMany], EffectOfMany]:
        """Decorator: the same effect for many records at once, where ``apply_all`` should not run it for each."""

        def bind(function: EffectOfMany) -> EffectOfMany:
            self.effects_of_many[name] = function
            return function

        return bind

    def actions(self) -> tuple[Labelled, ...]:
        """Every action once, in the table's order."""
        return tuple(dict.fromkeys(t.action for t in self.transitions))

    def permissions_for(self, action: Labelled) -> frozenset[Permission]:
        """Who may ever do this; empty for a step of the platform."""
        return frozenset().union(*(t.by for t in self.transitions if t.action == action))

    def transition(self, action: Labelled, status: Labelled) -> Transition | None:
        """The row for this action in this status."""
        return next((t for t in self.transitions if t.action == action and status in t.sources), None)

    def body_of(self, action: Labelled) -> type[ActionBody]:
        """What comes with this action over the wire."""
        return next(t.body for t in self.transitions if t.action == action)

    def status_refusal(self, action: Labelled, status: Labelled) -> Refusal:
        """Why this status does not allow the action."""
        words = self.hints.get((action, status)) or f"当前状态为“{status.label}”，不能{action.label}"
        return Refusal(f"status_is_{status.value}", words)

    def unbound(self) -> set[str]:
        """Effects that a transition names and nobody has bound."""
        return {t.then for t in self.transitions if t.then} - set(self.effects)


class AllowedAction(BaseModel):
    """One button: shown always, usable when ``allowed``, else with the reason and its code (PLAT-02)."""

    action: str
    label: str
    allowed: bool
    reason: str | None
    code: str | None
    needs_reason: bool


def allowed_actions(workflow: Workflow, record: Record, actor: Actor, now: datetime) -> list[AllowedAction]:
    """Every action that this actor's permissions could ever do on such a record, each with its answer for now."""
    shown = []
    for action in workflow.actions():
        if not actor.may(*workflow.permissions_for(action)):
            continue
        refusal = refusal_of(workflow, record, action, actor, now)
        row = workflow.transition(action, record.status)
        shown.append(
            AllowedAction(
                action=action.value,
                label=action.label,
                allowed=refusal is None,
                reason=refusal.reason if refusal else None,
                code=refusal.code if refusal else None,
                needs_reason=bool(row and row.needs_reason),
            )
        )
    return shown


def refusal_of(workflow: Workflow, record: Record, action: Labelled, actor: Actor, now: datetime) -> Refusal | None:
    """Why this action cannot be done now, whoever asks; None when it can. Permission is asked before, by the caller."""
    row = workflow.transition(action, record.status)
    if row is None:
        return workflow.status_refusal(action, record.status)
    return row.guard(record, actor, now) if row.guard else None
