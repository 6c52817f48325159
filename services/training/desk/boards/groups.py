"""Rows of people by status made into the groups of a board: regions, plans, class types, months, each with the way to its people
(STAFF-12)."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from services.training.desk.boards.counted_repository import Number
from services.training.desk.boards.schemas import Figure, Filters, Group
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.identity import Actor
from shared.reference.regions import region
from shared.roles import Level
from shared.workflow.definition import Labelled

PLANS_SHOWN, MONTHS_SHOWN = 30, 24
Counts = dict[RegistrationStatus, int]
STATUSES = {status.value: status for status in RegistrationStatus}


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


def by_region(rows: Sequence[Number], actor: Actor, link: str, units: Mapping[str, str]) -> list[Group]:
    """The level below the caller: cities, counties, or the units of a county by ``units``."""
    if actor.level in {Level.PROVINCE, Level.CITY}:
        return _keyed(rows, _region_label, link, lambda key: {"region_code": key})
    return _keyed(rows, lambda key: units.get(key, key), link, lambda key: {"unit_id": key})


def by_month(rows: Sequence[Number], link: str) -> list[Group]:
    """The months in which people were entered, the earliest first."""
    return _keyed(rows, lambda key: f"{key[:4]}年{int(key[5:])}月", link, _days_of)[-MONTHS_SHOWN:]


def of_plans(rows: Sequence[Number], link: str) -> list[Group]:
    """Those whose registration closes last before the others."""
    newest = sorted(rows, key=lambda row: (row.deadline or date.min, row.key), reverse=True)
    labels = {row.key: row.label or row.key for row in rows}
    return _keyed(newest, labels.__getitem__, link, lambda key: {"plan_id": key}, ordered=True)


def by_type(rows: Sequence[Number], link: str) -> list[Group]:
    """In the order of the class types."""
    ordered = sorted(rows, key=lambda row: row.position)
    labels = {row.key: row.label or row.key for row in rows}
    return _keyed(ordered, labels.__getitem__, link, lambda key: {"type_code": key}, ordered=True)


def _days_of(month: str) -> Filters:
    year, number = int(month[:4]), int(month[5:])
    return {"created_from": f"{month}-01", "created_to": f"{month}-{monthrange(year, number)[1]:02}"}


def _keyed(
    rows: Sequence[Number],
    label: Callable[[str], str],
    link: str,
    filters: Callable[[str], Filters],
    *,
    ordered: bool = False,
) -> list[Group]:
    """One group for each key, by key unless the rows are ``ordered``."""
    counts: dict[str, Counts] = {}
    for row in rows if ordered else sorted(rows, key=lambda row: row.key):
        counts.setdefault(row.key, defaultdict(int))[STATUSES[row.status]] += row.people
    return [_group(key, label(key), own, link, filters(key)) for key, own in counts.items()]


def by_plan(rows: Iterable[CountedInPlan], link: str) -> list[Group]:
    """Published plans, the latest deadline first."""
    newest = sorted((row for row in rows if row.published), key=lambda row: row.deadline, reverse=True)
    return _groups(newest, lambda row: str(row.plan_id), lambda row: row.plan_name, link, "plan_id")[:PLANS_SHOWN]


def _groups(
    rows: Iterable[C], key: Callable[[C], str], label: Callable[[C], str], link: str, parameter: str
) -> list[Group]:
    gathered: dict[str, list[C]] = {}
    for row in rows:
        gathered.setdefault(key(row), []).append(row)
    return [_group(each, label(own[0]), counts_of(own), link, {parameter: each}) for each, own in gathered.items()]


def _group(key: str, label: str, counts: Counts, link: str, filters: Filters) -> Group:
    return Group(key=key, label=label, total=sum(counts.values()), figures=status_figures(counts, link, filters))


def _region_label(prefix: str) -> str:
    """A zone that only the administrators know is told by its code (ORG-13)."""
    found = region(prefix.ljust(6, "0"))
    return found.name if found else prefix
