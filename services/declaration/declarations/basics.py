"""The employer's basics in its declarations (DECL-15): a change shows at once in the record that can still be edited, whoever told of it.
What was declared stays as it was; where it is reviewed and read follows the employer (DECL-10, PLAT-06).
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DECLARATION
from services.declaration.employers.models import Employer
from shared.identity import SYSTEM, Actor

_COPIED = ("credit_code", "region_code", "address", "legal_representative", "review_level")


def take_basics(declaration: Declaration, employer: Employer) -> None:
    """Copies what the directory says of the employer."""
    declaration.employer_name = employer.name
    for name in _COPIED:
        setattr(declaration, name, getattr(employer, name))
    declaration.declared_region = None


def _basics(declaration: Declaration) -> dict[str, object]:
    return {name: getattr(declaration, name) for name in ("employer_name", *_COPIED)}


async def follow_employer(session: AsyncSession, employer: Employer, actor: Actor = SYSTEM) -> Declaration | None:
    """Brings the record that can be edited up to date (DECL-15); None when there is none."""
    declaration = await repository.get_editable_locked(session, employer.id)
    if declaration is None:
        return None
    before = _basics(declaration)
    take_basics(declaration, employer)
    after = _basics(declaration)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        old, new = ({name: values[name] for name in changed} for values in (before, after))
        DECLARATION.note(session, declaration.id, "follow_employer", actor=actor, before=old, after=new)
    await session.flush()
    return declaration


async def follow_place(session: AsyncSession, employer: Employer, actor: Actor = SYSTEM) -> None:
    """The employer has moved, or its county was merged into another: what it has submitted is reviewed and read where it is now, as its
    figures are counted there. A review that somebody of the old office holds is let go, and its office is the one that this place has."""
    for declaration in await repository.list_elsewhere_locked(session, employer):
        before = {"region_code": declaration.region_code}
        declared = declaration.declared_for
        declaration.region_code = employer.region_code
        declaration.declared_region = declared if declared != employer.region_code else None
        if declaration.status.awaits_review:
            declaration.review_level = employer.review_level
            declaration.reviewer_id = declaration.reviewer_name = declaration.opened_by_reviewer_at = None
        after = {"region_code": declaration.region_code}
        DECLARATION.note(session, declaration.id, "follow_employer", actor=actor, before=before, after=after)
    await session.flush()
