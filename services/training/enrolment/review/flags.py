"""What a reviewer should look at before a decision (STAFF-02): each flag warns and blocks nothing, as age and level do (TRN-39, TRN-40).
The rules are a table; a page of the queue costs three statements, however long it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import title_level_below
from services.training.enrolment.review import flag_repository
from services.training.enrolment.review.flag_repository import Elsewhere
from services.training.people.personnel.choices import TITLE_LEVEL, AttachmentKind
from services.training.people.personnel.models import Qualification
from services.training.plans.choices import TrainingKind
from shared.clock import beijing_today, now_utc
from shared.reference.tables import label


class ReviewFlag(BaseModel):
    """``code`` names the rule; ``label`` is short enough for a tag, ``detail`` says what was found."""

    code: str
    label: str
    detail: str


@dataclass(frozen=True)
class Facts:
    """What the rules know of one registration besides itself. ``certificates`` are those of the plan's category that stand, the last to
    end first; ``files`` the kinds of uploads that the file has; ``elsewhere`` the other plans and units of the same person."""

    registration: Registration
    today: date
    certificates: Sequence[Qualification] = ()
    files: frozenset[str] = frozenset()
    elsewhere: Sequence[Elsewhere] = ()

    @property
    def ends(self) -> date | None:
        """The day on which the last certificate ends; None without one, or with one that does not end."""
        dated = [each.expires_on for each in self.certificates if each.expires_on]
        return max(dated) if len(dated) == len(self.certificates) and dated else None


def _age(facts: Facts) -> str | None:
    plan = facts.registration.plan
    age = facts.registration.staff.person.age_on(plan.registration_deadline)
    if plan.age_limit is None or age <= plan.age_limit:
        return None
    return f"报名截止日 {age} 岁，计划要求不超过 {plan.age_limit} 岁"


def _level(facts: Facts) -> str | None:
    staff, least = facts.registration.staff, facts.registration.plan.minimum_title_level
    if least is None or not title_level_below(staff.title_level, least):
        return None
    own = label(TITLE_LEVEL, staff.title_level) if staff.title_level else "未填写"
    return f"职称等级{own}，计划要求{label(TITLE_LEVEL, least)}及以上"


def _expired(facts: Facts) -> str | None:
    ends = facts.ends
    return f"本类证书已于 {ends} 到期" if ends and ends < facts.today else None


def _refresher_without(facts: Facts) -> str | None:
    if facts.registration.training_kind is not TrainingKind.REFRESHER or facts.certificates:
        return None
    return "报的是复训，个人档案中没有本类证书"


def _initial_with(facts: Facts) -> str | None:
    if facts.registration.training_kind is not TrainingKind.INITIAL or not facts.certificates:
        return None
    return f"报的是初训，已有本类证书 {facts.certificates[0].number}"


def _files(facts: Facts) -> str | None:
    staff = facts.registration.staff
    expected = {
        AttachmentKind.ID_CARD: True,
        AttachmentKind.TITLE: bool(staff.title_level),
        AttachmentKind.PHYSICIAN: bool(staff.physician_number),
        AttachmentKind.PRACTICE: bool(staff.practice_number),
    }
    missing = [kind.label for kind, asked in expected.items() if asked and kind.value not in facts.files]
    return f"没有上传{'、'.join(missing)}" if missing else None


def _elsewhere(facts: Facts) -> str | None:
    return "；".join(each.words for each in facts.elsewhere) or None


def _left(facts: Facts) -> str | None:
    status = facts.registration.staff.status
    return None if status.is_in_post else f"该人员在本单位已{status.label}"


@dataclass(frozen=True)
class Rule:
    code: str
    label: str
    finds: Callable[[Facts], str | None]


RULES = (
    Rule("age_over_limit", "超龄", _age),
    Rule("title_level_below", "职称等级不足", _level),
    Rule("certificate_expired", "证书过期", _expired),
    Rule("refresher_without_certificate", "复训无证书", _refresher_without),
    Rule("initial_with_certificate", "已有证书", _initial_with),
    Rule("attachment_missing", "缺附件", _files),
    Rule("person_elsewhere", "同一人另有报名或任职", _elsewhere),
    Rule("person_left", "已离职", _left),
)


async def flags_of(session: AsyncSession, registrations: Sequence[Registration]) -> dict[UUID, list[ReviewFlag]]:
    """{registration: its flags in the order of the rules}."""
    if not registrations:
        return {}
    today = beijing_today(now_utc())
    certificates = await flag_repository.certificates_of(session, registrations)
    files = await flag_repository.kinds_of_files(session, registrations)
    elsewhere = await flag_repository.elsewhere_of(session, registrations)
    found: dict[UUID, list[ReviewFlag]] = {}
    for each in registrations:
        own = Facts(
            registration=each,
            today=today,
            certificates=certificates.get(each.id, ()),
            files=files.get(each.staff_id, frozenset()),
            elsewhere=elsewhere.get(each.id, ()),
        )
        told = ((rule, rule.finds(own)) for rule in RULES)
        found[each.id] = [ReviewFlag(code=rule.code, label=rule.label, detail=words) for rule, words in told if words]
    return found
