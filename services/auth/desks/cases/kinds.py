"""The kinds of case as a table: at which level each is decided, what an approval does, and the words for it. Whose desk it is stands in
``workflow``; a new kind is a row here, a row there, and its functions in ``outcomes``, ``code_outcomes`` or ``number_outcomes``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.desk_models import SUPERIOR
from services.auth.desks.cases import code_outcomes, number_outcomes, outcomes
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseKind
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.roles import Level
from shared.workflow.definition import ActionBody

CarryOut = Callable[[AsyncSession, Case, Actor, ActionBody], Awaitable[None]]
Describe = Callable[[AsyncSession, Case], Awaitable[str]]
# The level of the unit or body that a case is about, and its region: the level that decides.
DecidedAt = Callable[[Level, str], Level]


@dataclass(frozen=True)
class Kind:
    decided_at: DecidedAt
    carry_out: CarryOut
    describe: Describe
    needs_answer: bool = False


def _commission(_level: Level, region_code: str) -> Level:
    """The county reviews; a city without counties does it itself."""
    return Level.COUNTY if scope_prefix(region_code) == region_code else Level.CITY


def _superior(level: Level, _region_code: str) -> Level:
    return SUPERIOR[level]


def _province(_level: Level, _region_code: str) -> Level:
    return Level.PROVINCE


KINDS: dict[CaseKind, Kind] = {
    CaseKind.APPEAL: Kind(_commission, outcomes.give_phone_back, outcomes.describe_appeal),
    CaseKind.CORRECTION: Kind(_commission, code_outcomes.correct_code, code_outcomes.describe_correction),
    CaseKind.CLAIM: Kind(_commission, code_outcomes.take_over, code_outcomes.describe_claim),
    CaseKind.PHONE_CHANGE: Kind(_superior, outcomes.change_phone, outcomes.describe_phone_change),
    CaseKind.ENQUIRY: Kind(_province, outcomes.answer, outcomes.describe_enquiry, needs_answer=True),
    CaseKind.CREDIT_CODE: Kind(_commission, number_outcomes.accept_number, number_outcomes.describe_number),
    CaseKind.RESIDENT_ID: Kind(_province, number_outcomes.accept_number, number_outcomes.describe_number),
}
