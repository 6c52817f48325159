"""Rows of people by status made into the groups of a board: regions, plans, class types, each with the way to its people (STAFF-12)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from services.training.desk.boards.repository import People
from services.training.desk.boards.schemas import Figure, Filters, Group
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.identity import Actor
from shared.reference.regions import region
from shared.roles import Level
from shared.workflow.definition import Labelled

PLANS_SHOWN = 30
Counts = dict[RegistrationStatus, int]


class Counted(Protocol):
    """How many people there are in a status."""

    @property
    def status(self) -> RegistrationStatus: ...

    @property
    def people(self) -> int: ...


class CountedInPlan(Counted, Protocol):
    """The same in one plan."""

    @property
    def plan_id(self) -> UUID: ...

    @property
    def plan_name(self) -> str: ...

    @property
    def deadline(self) -> date: ...

    @property
    def published(self) -> bool: ...


C = TypeVar("C", bound=Counted)


def codes(statuses: Collection[Labelled]) -> list[str]:
    """As a list's filter has them."""
    return sorted(each.value for each in statuses)


def status_figures(counts: Counts, link: str, filters: Filters | None) -> list[Figure]:
    """One figure for each status, zero too, so that charts of several groups have the same parts."""
    return [
        Figure(
            key=status.value,
            label=status.label,
            count=counts.get(status, 0),
            link=link,
            filters=None if filters is None else {**filters, "status": [status.value]},
        )
        for status in RegistrationStatus
    ]


def counts_of(rows: Iterable[Counted]) -> Counts:
    """All these rows together."""
    counts: Counts = defaultdict(int)
    for row in rows:
        counts[row.status] += row.people
    return counts


def by_region(rows: Iterable[People], actor: Actor, link: str) -> list[Group]:
    """The level below the caller: cities, counties, or the units of a county."""
    if actor.level in {Level.PROVINCE, Level.CITY}:
        return _groups(rows, lambda row: row.region, lambda row: _region_label(row.region), link, "region_code")
    return _groups(rows, lambda row: row.region, lambda row: row.unit_name, link, "unit_id")


def by_plan(rows: Iterable[CountedInPlan], link: str) -> list[Group]:
    """Published plans, the latest deadline first."""
    newest = sorted((row for row in rows if row.published), key=lambda row: row.deadline, reverse=True)
    return _groups(newest, lambda row: str(row.plan_id), lambda row: row.plan_name, link, "plan_id")[:PLANS_SHOWN]


def by_type(rows: Iterable[People], link: str) -> list[Group]:
    return _groups(rows, lambda row: row.type_code, lambda row: row.type_label, link, "type_code")


def _groups(
    rows: Iterable[C], key: Callable[[C], str], label: Callable[[C], str], link: str, parameter: str
) -> list[Group]:
    gathered: dict[str, list[C]] = {}
    for row in rows:
        gathered.setdefault(key(row), []).append(row)
    return [_group(each, label(own[0]), own, link, {parameter: each}) for each, own in gathered.items()]


def _group(key: str, label: str, rows: Sequence[Counted], link: str, filters: Filters) -> Group:
    counts = counts_of(rows)
    return Group(key=key, label=label, total=sum(counts.values()), figures=status_figures(counts, link, filters))


def _region_label(prefix: str) -> str:
    """A zone that only the administrators know is told by its code (ORG-13)."""
    found = region(prefix.ljust(6, "0"))
    return found.name if found else prefix
