"""What a county finds of an employer: whose it is (中央、省属企业 are reviewed by the city), and which officers may see the products of a
confidential one (军工).
"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.basics import follow_employer
from services.declaration.declarations.blocking import office_of
from services.declaration.employers.models import Affiliation, Employer
from services.declaration.employers.repository import require_in_region
from services.declaration.employers.service import EMPLOYER, review_level
from services.declaration.regions.repository import names_of
from shared.clock import now_utc
from shared.fields import PersonName
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.roles import Level, Permission
from shared.web.answers import Read
from shared.web.versions import require_version
from shared.wording import Word, words_of
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

_REFUSED = Refusal("not_its_county", "隶属关系和涉密产品查看人员由单位所在地区县级卫生健康部门设定，如需调整请与其联系")


class ProductReader(BaseModel):
    """An officer who may see confidential products, by account."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="账号")
    name: PersonName = Field(description="姓名")


class StandingUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    affiliation: Affiliation = Field(description="隶属关系")
    product_readers: list[ProductReader] = Field(max_length=20, description="可查看涉密产品的人员")


EMPLOYER.words.update(words_of(StandingUpdate, product_readers=Word("可查看涉密产品的人员", lambda each: each["name"])))


class StandingRead(Read):
    """``review_level`` is whose office decides on its next submission, ``reviewer`` that office by name."""

    id: UUID
    name: str
    credit_code: str
    region_code: str
    region_label: str
    active: bool
    affiliation: Affiliation
    review_level: Level
    reviewer: str = Field(description="审核下一次提交的卫生健康部门")
    product_readers: list[ProductReader]
    version: int
    allowed_actions: list[AllowedAction]


async def read_standing(session: AsyncSession, *, actor: Actor, employer_id: UUID) -> StandingRead:
    """Raises ``NotFound`` for another region's."""
    return await _read(session, await require_in_region(session, actor, employer_id), actor)


async def keep_standing(
    session: AsyncSession, *, actor: Actor, employer_id: UUID, body: StandingUpdate, expected: int
) -> StandingRead:
    """By the office of its own county, or of its city where that has none. What is being reviewed stays with who reviews it. Raises
    ``NotFound``, ``ActionRefused``, ``VersionMismatch``."""
    employer = await require_in_region(session, actor, employer_id, lock=True)
    if refusal := _refusal(employer, actor):
        raise ActionRefused(refusal)
    await require_version(session, EMPLOYER, employer, expected)
    news = body.model_dump(mode="json")
    before = {"affiliation": employer.affiliation.value, "product_readers": employer.product_readers}
    changed = [name for name in news if news[name] != before[name]]
    if changed:
        version = employer.version
        employer.affiliation, employer.product_readers = body.affiliation, news["product_readers"]
        employer.review_level = review_level(employer.region_code, employer.affiliation)
        employer.version += 1
        employer.updated_at = now_utc()
        old, new = ({name: values[name] for name in changed} for values in (before, news))
        EMPLOYER.note(session, employer.id, "update", actor=actor, before=old, after=new, version=version)
        await follow_employer(session, employer, actor)
    return await _read(session, employer, actor)


def _refusal(employer: Employer, actor: Actor) -> Refusal | None:
    own = actor.region_prefix == scope_prefix(employer.region_code)
    return None if own and actor.may(Permission.DECLARATION_REVIEW) else _REFUSED


async def _read(session: AsyncSession, employer: Employer, actor: Actor) -> StandingRead:
    names = await names_of(session, {employer.region_code})
    keep = button("keep_standing", "设定隶属关系与涉密查看人员", _refusal(employer, actor))
    region = names.get(employer.region_code, employer.region_code)
    reviewer = await office_of(session, employer.region_code, employer.review_level)
    return StandingRead.of(employer, region_label=region, reviewer=reviewer, allowed_actions=[keep])
