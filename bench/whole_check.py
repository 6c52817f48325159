"""How long the whole check of a declaration takes (DECL-05), from what was typed to the answer: of one as most employers fill it in, and of
one with every chemical factor of the catalogue and a total that is too small, so that each has something said about it. Medians of
processor time, in ms.
"""

import statistics
import time
from collections.abc import Iterator, Mapping
from typing import Any

from bench.figure import Figure
from services.declaration.declarations.checking import check_of, read_typed
from services.declaration.factors.catalogue import current
from services.declaration.factors.classes import HazardClass
from services.declaration.form.hits import Situation
from shared.clock import beijing_today, now_utc
from tests.services.declaration.records import COMPLETE

ROUNDS = 200
GOAL_MS = 10


def figures() -> Iterator[Figure]:
    yield Figure("declaration_check_ms", _median(COMPLETE), "ms", GOAL_MS)
    yield Figure("declaration_check_every_chemical_ms", _median(_crowded()), "ms", GOAL_MS)


def _crowded() -> dict[str, Any]:
    chemicals = [each.code for each in current().factors if each.class_code is HazardClass.CHEMICAL]
    counted = [{"factor_code": code, "exposed_count": 99} for code in chemicals]
    return {**COMPLETE, "hazards": [{"class_code": "chem", "exposed_count": 99, "factors": counted}]}


def _median(values: Mapping[str, Any]) -> float:
    situation = Situation(beijing_today(now_utc()))
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        typed, errors = read_typed(values)
        check_of(typed, errors, situation)
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)
