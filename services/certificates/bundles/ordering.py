"""The orders that certificates are printed in, as a table: the columns that one needs, and its key."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import InstrumentedAttribute

from services.certificates.bundles.schemas import BundleOrder
from services.certificates.issue.models import Certificate
from shared.reference.pinyin import person_key, sort_key

_SERIAL = re.compile(r"(.*?)(\d*)", re.DOTALL)


@dataclass(frozen=True)
class Ordering:
    columns: Sequence[InstrumentedAttribute[Any]]
    key: Callable[[Any], tuple[Any, ...]]


def number_key(number: str) -> tuple[str, int]:
    """Series by series, in each by its serial: 10000 after 9999."""
    match = _SERIAL.fullmatch(number)
    head, serial = match.groups() if match else (number, "")
    return head, int(serial or 0)


ORDERINGS: dict[BundleOrder, Ordering] = {
    BundleOrder.NUMBER: Ordering((Certificate.number,), lambda row: number_key(row.number)),
    BundleOrder.UNIT: Ordering(
        (Certificate.unit_name, Certificate.unit_id, Certificate.holder_name, Certificate.number),
        lambda row: (sort_key(row.unit_name), row.unit_id, person_key(row.holder_name), number_key(row.number)),
    ),
    BundleOrder.CLASS_SESSION: Ordering(
        (Certificate.start_date, Certificate.plan_name, Certificate.class_session_id, Certificate.number),
        lambda row: (row.start_date, sort_key(row.plan_name), row.class_session_id, number_key(row.number)),
    ),
}


def in_order(rows: Sequence[Row[Any]], order: BundleOrder) -> list[UUID]:
    """The ids of these rows, which have the columns of the order."""
    return [row.id for row in sorted(rows, key=ORDERINGS[order].key)]
