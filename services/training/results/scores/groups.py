"""考核组 (X30): which of a person's placements are examined together, under one score and one verdict. Pure functions; without a group a
specialty stands alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.training.results.scores.models import Result

Group = int | str


@dataclass(frozen=True)
class Placed:
    """One placement: a person's specialty in the session."""

    registration_id: UUID
    specialty_code: str
    unit_id: UUID


@dataclass(frozen=True)
class Sitting:
    """What one row of the sheet is about: a person and the codes of one 考核组, in order; the first names the row."""

    registration_id: UUID
    unit_id: UUID
    specialties: tuple[str, ...]


def group_of(code: str, exam_groups: Mapping[str, int | None]) -> Group:
    """The 考核组 of a specialty; its own code when it has none."""
    group = exam_groups.get(code)
    return code if group is None else group


def sittings(placed: Iterable[Placed], exam_groups: Mapping[str, int | None]) -> dict[tuple[UUID, Group], Sitting]:
    """One for each person and 考核组 in which the person has a place."""
    found: dict[tuple[UUID, Group], Sitting] = {}
    for each in sorted(placed, key=lambda one: (one.registration_id, one.specialty_code)):
        key = (each.registration_id, group_of(each.specialty_code, exam_groups))
        earlier = found[key].specialties if key in found else ()
        found[key] = Sitting(each.registration_id, each.unit_id, (*earlier, each.specialty_code))
    return found


def codes_of(row: Result) -> list[str]:
    """The specialties that a row's verdict counts for."""
    return row.specialties or [row.specialty_code]


def labels_of(row: Result, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of a row's specialties, in the order of ``labels``, which is the dictionary's."""
    return tuple(label for code, label in labels.items() if code in codes_of(row))


def joined(row: Result, labels: Mapping[str, str]) -> str:
    """专业类别 of a row as people read it (CERT-04)."""
    return "、".join(labels_of(row, labels))
