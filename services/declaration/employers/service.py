"""How the directory of employers is kept: by what auth tells, and by what an employer corrects itself (ORG-11), which auth is then told.

Which of the two is newer? An own edit reaches auth after everything that auth has told before it has read it. So from an edit on the
directory's word on the edited fields does not count, until auth tells exactly what was edited; then it does again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.employers.form import FIELDS
from services.declaration.employers.models import Affiliation, Employer
from services.declaration.employers.repository import get_locked
from services.declaration.employers.schemas import BasicsChange
from services.declaration.regions.repository import is_leaf, names_of
from shared.clock import beijing_today, now_utc
from shared.crypto import Sealed, mask_phone
from shared.db.history import RecordType
from shared.db.types import field_cipher
from shared.errors import FieldError, InvalidInput
from shared.events.auth import OrganisationChanged
from shared.events.bookmarks import handled
from shared.events.declaration import EmployerChanged
from shared.events.log import record
from shared.identity import Actor
from shared.reference.pinyin import folded, initials, search_pieces
from shared.reference.regions import region, scope_prefix
from shared.roles import Level
from shared.web.form_tables import words_of_fields
from shared.wording import Word


def _region(code: str) -> str:
    known = region(code)
    return known.full_name if known else code


EMPLOYER: Final = RecordType("employer")
# What an employer edits itself, and the directory follows.
BASICS: Final = {each.name: each.label for each in FIELDS}

# A change of these is to be declared (变更申报).
DECLARED: Final = frozenset({"name", "region_code", "address", "legal_representative"})

EMPLOYER.words.update(words_of_fields(FIELDS) | {"region_code": Word(BASICS["region_code"], _region)})


async def keep_employer(session: AsyncSession, event: OrganisationChanged) -> Employer | None:
    """Copies a unit of auth's directory, new or changed; None for an authority, which declares nothing, and for old news."""
    if event.level is not Level.UNIT:
        return None
    told_at = _told_at()
    employer = await get_locked(session, event.organisation_id) or Employer(id=event.organisation_id, version=0)
    if employer.changed_at is not None and employer.changed_at > told_at:
        return None
    told = _basics_told(event)
    if not employer.awaits_directory:
        _set_basics(employer, told)
    elif told == basics_of(employer):
        employer.awaits_directory = False
    employer.credit_code, employer.branch_no = event.credit_code, event.branch_no
    employer.active, employer.kinds, employer.changed_at = event.active, list(event.kinds), told_at
    session.add(employer)
    await session.flush()
    return employer


def _told_at() -> datetime:
    """When auth wrote the news that is being read."""
    envelope = handled.get(None)
    return envelope.occurred_at if envelope else now_utc()


def _basics_told(event: OrganisationChanged) -> dict[str, str | None]:
    phone = event.contact_phone.open(field_cipher()) if event.contact_phone else None
    return {**{name: getattr(event, name) for name in BASICS}, "contact_phone": phone}


def basics_of(employer: Employer) -> dict[str, str | None]:
    """What the employer edits itself, as it is now."""
    return {name: getattr(employer, name) for name in BASICS}


def _set_basics(employer: Employer, news: Mapping[str, str | None]) -> None:
    """Sets these fields and what follows from them; ``version`` goes up where something is new."""
    changed = {name for name, value in news.items() if getattr(employer, name) != value}
    if not changed:
        return
    # The first news of a unit changes nothing that it has declared.
    known = employer.name is not None
    for name, value in news.items():
        setattr(employer, name, value)
    employer.name_folded = folded(employer.name)
    employer.name_initials = initials(employer.name)
    employer.name_pieces = search_pieces(employer.name)
    employer.review_level = review_level(employer.region_code, employer.affiliation)
    if known and changed & DECLARED:
        employer.basics_changed_at = now_utc()
    employer.version += 1


def review_level(region_code: str, affiliation: Affiliation | None) -> Level:
    """The county reviews; a city without counties (东莞 …) does it itself, and central and provincial enterprises go to the city."""
    if affiliation is not None and affiliation.is_reviewed_by_city:
        return Level.CITY
    return Level.COUNTY if scope_prefix(region_code) == region_code else Level.CITY


async def region_error(session: AsyncSession, code: str) -> FieldError | None:
    """What is wrong with this as the place of a unit; None where one can sit there."""
    if await is_leaf(session, code, beijing_today(now_utc())):
        return None
    return FieldError("region_code", "region_not_valid", "请选择到区县一级的现行地区")


async def change_basics(
    session: AsyncSession, *, actor: Actor, employer: Employer, news: Mapping[str, str]
) -> list[BasicsChange]:
    """Corrects the employer, whose row the caller holds, and tells auth; gives the diff, empty where nothing is new (ORG-11, FAQ-D4).
    Raises InvalidInput for a region where no unit can sit."""
    before = basics_of(employer)
    new = {name: value for name, value in news.items() if value != before[name]}
    if not new:
        return []
    if "region_code" in new and (wrong := await region_error(session, new["region_code"])):
        raise InvalidInput(errors=[wrong])
    version = employer.version
    _set_basics(employer, new)
    employer.awaits_directory = True
    old = {name: before[name] for name in new}
    told, now = _masked(old), _masked(new)
    EMPLOYER.note(session, employer.id, "update", actor=actor, before=told, after=now, version=version)
    record(session, _employer_changed(employer))
    await session.flush()
    return await _diff(session, old, new)


async def _diff(session: AsyncSession, old: Mapping[str, str | None], new: Mapping[str, str]) -> list[BasicsChange]:
    """Line by line, as people read it: a region by its name."""
    codes = {code for values in (old, new) if (code := values.get("region_code"))}
    names = await names_of(session, codes)

    def shown(field: str, value: str | None) -> str | None:
        return names.get(value, value) if field == "region_code" and value else value

    return [
        BasicsChange(field=name, label=BASICS[name], before=shown(name, old[name]), after=shown(name, value))
        for name, value in new.items()
    ]


def _masked(values: Mapping[str, str | None]) -> dict[str, object]:
    phone = values.get("contact_phone")
    return {**values, "contact_phone": mask_phone(phone)} if phone else dict(values)


def _employer_changed(employer: Employer) -> EmployerChanged:
    phone = employer.contact_phone
    return EmployerChanged(
        employer_id=employer.id,
        name=employer.name,
        region_code=employer.region_code,
        address=employer.address,
        legal_representative=employer.legal_representative,
        contact_name=employer.contact_name,
        contact_phone=Sealed.seal(field_cipher(), phone) if phone else None,
    )
