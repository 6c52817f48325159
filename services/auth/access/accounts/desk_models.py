"""Whose desk a matter is: of the bodies above its region, the lowest that has somebody today who may decide it (AUTH-05, AUTH-07, AUTH-26).
A desk whose last account was disabled or has expired is empty, and the next level up has what lies on it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, String, and_, case, cast, exists, func, literal, or_
from sqlalchemy.orm import aliased

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import OrganisationStatus
from shared.db.types import code_of
from shared.roles import PERMISSIONS, Level, Permission

RUNGS = (Level.COUNTY, Level.CITY, Level.PROVINCE)
# By level, what somebody there needs to decide: none where a level never does.
Rights = Mapping[Level, Permission]
MANAGERS: Rights = {Level.CITY: Permission.ACCOUNT_MANAGEMENT, Level.PROVINCE: Permission.ACCOUNT_MANAGEMENT}
REVIEWERS: Rights = {
    Level.COUNTY: Permission.DECLARATION_REVIEW,
    Level.CITY: Permission.DECLARATION_REVIEW,
    Level.PROVINCE: Permission.DECLARATION_OVERSIGHT,
}
# Who reviews people, and so decides about their ids.
PROVINCE_REVIEWERS: Rights = {Level.PROVINCE: Permission.PROVINCE_REVIEW}
# Who looks after the accounts of a level; nobody stands above the province.
SUPERIOR = {
    Level.UNIT: Level.CITY,
    Level.COUNTY: Level.CITY,
    Level.CITY: Level.PROVINCE,
    Level.PROVINCE: Level.PROVINCE,
}


def rungs_from(lowest: Level) -> tuple[Level, ...]:
    """This level and those above it."""
    return RUNGS[RUNGS.index(lowest) :]


def is_between(level: Level, lowest: Level, highest: Level) -> bool:
    """Whether a level is one of those from the lowest to the highest, both included; a unit never is."""
    return level in RUNGS and RUNGS.index(lowest) <= RUNGS.index(level) <= RUNGS.index(highest)


def region_at(level: Level, region_code: SQLColumnExpression[str]) -> ColumnElement[str]:
    """The code of the region of this level that a region lies in."""
    digits = {Level.PROVINCE: 2, Level.CITY: 4}.get(level, 6)
    return func.rpad(func.left(region_code, digits), 6, "0", type_=String)


def seated(
    rights: Rights,
    levels: Sequence[Level],
    region_code: SQLColumnExpression[str],
    organisation: type[Organisation] = Organisation,
    account: type[Account] = Account,
) -> ColumnElement[bool]:
    """Whether this account, of this organisation, may decide today what lies in the region, at one of these levels."""
    today = cast(func.timezone("Asia/Shanghai", func.now()), Date)
    return and_(
        or_(*(_at(rights, level, region_code, organisation, account) for level in levels)),
        account.organisation_id == organisation.id,
        organisation.status.in_(OrganisationStatus.takes_part),
        account.status.in_(AccountStatus.is_usable),
        account.valid_from <= today,
        account.valid_until >= today,
    )


def _at(
    rights: Rights,
    level: Level,
    region_code: SQLColumnExpression[str],
    organisation: type[Organisation],
    account: type[Account],
) -> ColumnElement[bool]:
    opening = [
        grant.value for (grant, at), opened in PERMISSIONS.items() if at is level and rights.get(level) in opened
    ]
    return and_(
        organisation.level == level,
        organisation.region_code == region_at(level, region_code),
        account.grants.overlap(sorted(opening)),
    )


def nearest(
    rights: Rights, lowest: SQLColumnExpression[Any], region_code: SQLColumnExpression[str]
) -> ColumnElement[Level]:
    """The level that has a matter of this region which belongs to ``lowest``; the province where nobody has it."""
    reached = [(level, lowest.in_(RUNGS[: RUNGS.index(level) + 1])) for level in RUNGS if level in rights]
    rows = [
        (and_(below, _is_manned(rights, level, region_code)), literal(level, code_of(Level)))
        for level, below in reached
    ]
    return case(*rows, else_=literal(Level.PROVINCE, code_of(Level)))


def _is_manned(rights: Rights, level: Level, region_code: SQLColumnExpression[str]) -> ColumnElement[bool]:
    body, official = aliased(Organisation), aliased(Account)
    return exists().where(seated(rights, [level], region_code, body, official))


def rank(organisation: type[Organisation] = Organisation) -> ColumnElement[int]:
    """Orders bodies from the lowest level to the highest."""
    return case({level.value: place for place, level in enumerate(RUNGS)}, value=cast(organisation.level, String))
