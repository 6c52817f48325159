"""A record as its rules see it: what stands in its form, and what keeps it from being submitted. Knows the record by its attributes only,
so that the table of its workflow can ask.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from services.declaration.form.due import annual_opens
from services.declaration.form.filled import Filled, filled
from services.declaration.form.hits import Situation
from services.declaration.form.rules import Problem, problems_in
from services.declaration.form.table import FIELDS, HAZARDS, PHONE, TABLES
from services.declaration.settings import declaration_settings
from shared.clock import beijing_today

if TYPE_CHECKING:  # the record is made after what it is checked by
    from services.declaration.declarations.models import Declaration

PLAIN: Final = tuple(each.name for each in FIELDS if each.name != PHONE)
ROWS: Final = tuple(each.name for each in TABLES if each.name != HAZARDS)


def values_of(declaration: "Declaration") -> dict[str, Any]:
    """Every field and table of the form."""
    return {
        **{name: getattr(declaration, name) for name in (*PLAIN, PHONE, *ROWS)},
        HAZARDS: [
            {
                "class_code": hazard.class_code,
                "exposed_count": hazard.exposed_count,
                "factors": [
                    {
                        "factor_code": factor.factor_code,
                        "own_name": factor.own_name or None,
                        "exposed_count": factor.exposed_count,
                    }
                    for factor in hazard.factors
                ],
            }
            for hazard in declaration.hazards
        ],
    }


def filled_of(declaration: "Declaration") -> Filled:
    """The record as its rules see it."""
    return filled(values_of(declaration), declaration.catalogue)


def situation_of(declaration: "Declaration", now: datetime) -> Situation:
    """What the form itself does not say; a record that is not stored yet has no other before it."""
    return after(declaration.employer_declared_on, now)


def after(declared_on: date | None, now: datetime) -> Situation:
    """That of an employer whose last approved declaration is of that day, by the months of this installation."""
    opens = annual_opens(declared_on, declaration_settings().annual_after_months) if declared_on else None
    return Situation(beijing_today(now), declared_on, opens)


def problems_of(declaration: "Declaration", now: datetime) -> list[Problem]:
    """Everything that keeps this declaration from being submitted; empty when it is complete and sound."""
    return problems_in(filled_of(declaration), situation_of(declaration, now))
