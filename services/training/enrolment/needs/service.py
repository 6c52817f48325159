"""Where a unit stands (FAQ-M1): the checklist of its first way through the platform, and which of its people need a plan's training,
初训 or 复训, computed from their certificates. It advises; who may register is decided by ``registrations``.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.needs import repository
from services.training.enrolment.needs.schemas import ChecklistStep, PersonNeed, PlanNote, PlanPublicationRead
from services.training.people.filings.service import list_kinds
from services.training.people.personnel.choices import SCOPED_CATEGORIES
from services.training.people.personnel.models import Qualification
from services.training.plans.calendar_service import calendar_of
from services.training.plans.choices import TrainingKind
from services.training.plans.form_service import off_day
from services.training.plans.models import Plan
from services.training.plans.repository import attachments_of, require_plan
from services.training.plans.rules import DEADLINE
from shared.addresses import address
from shared.attachments import Attachment
from shared.clock import beijing_today, now_utc
from shared.identity import Actor
from shared.workdays import Calendar

# A certificate that ends sooner than this is renewed with the plan at hand; the next one may come too late.
RENEW_BEFORE = timedelta(days=180)
# Days: a unit that is told later can hardly collect what it needs.
SHORT_NOTICE = 7
NOT_NOW = "暂不需要"


async def first_steps(session: AsyncSession, actor: Actor) -> list[ChecklistStep]:
    """申报 → 人员 → 报名, each done or with what to do (FAQ-M1)."""
    saved = any(filing.id for filing in await list_kinds(session, actor))
    people = await repository.count_employed(session, actor)
    sent = await repository.has_sent(session, actor)
    return [
        ChecklistStep(
            key="filing",
            label="资质申报",
            done=saved,
            advice="基本信息已保存" if saved else "请选择本单位的机构类型，填写基本信息并保存；没有备案的打开“未备案”",
            path=address("institution_filing"),
        ),
        ChecklistStep(
            key="personnel",
            label="完善人员信息",
            done=people > 0,
            advice=f"已有 {people} 名在职人员"
            if people
            else "请先添加本单位参加培训的人员，可逐个添加或用模板批量导入",
            path=address("personnel"),
        ),
        ChecklistStep(
            key="registration",
            label="集体报名",
            done=sent,
            advice="已提交过报名" if sent else "请在集体报名中选择培训计划，添加人员并提交",
            path=address("registrations"),
        ),
    ]


async def needs_of_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> list[PersonNeed]:
    """Every 在职 person of the actor's unit and whether this plan's training is due, those who need it first. Raises NotFound."""
    rows, named = await _in_file(session, actor, await require_plan(session, actor, plan_id))
    today = beijing_today(now_utc())
    needs = [_need(row, named, today) for row in rows]
    return sorted(needs, key=lambda need: (need.kind is None, need.kind is TrainingKind.INITIAL))


async def needs_in_words(session: AsyncSession, actor: Actor, plan: Plan) -> dict[UUID, str]:
    """{staff id: which training the certificates ask for, and why} of those of the unit who are due in this plan."""
    rows, named = await _in_file(session, actor, plan)
    found = ((row.staff.id, *_kind(row.certificate, named, beijing_today(now_utc()))) for row in rows)
    return {staff_id: f"{kind.label}：{reason}" for staff_id, kind, reason in found if kind}


async def check_publication(session: AsyncSession, actor: Actor, plan_id: UUID) -> PlanPublicationRead:
    """Whom a publication of this plan would reach, and what to think of before (STAFF-01). Raises ``NotFound``."""
    plan = await require_plan(session, actor, plan_id)
    due = await repository.count_due(session, _sought(plan), beijing_today(now_utc()) + RENEW_BEFORE)
    return PlanPublicationRead(
        id=plan.id,
        units_told=await repository.count_units(session),
        units_due=due.units,
        people_due=due.people,
        notes=list(_notes(plan, await attachments_of(session, plan.id), await calendar_of(session))),
    )


def _notes(plan: Plan, files: Sequence[Attachment], calendar: Calendar) -> Iterator[PlanNote]:
    day, left = plan.registration_deadline, (plan.registration_deadline - beijing_today(now_utc())).days
    if left < 0:
        yield PlanNote(code="deadline_passed", field=DEADLINE, words="报名截止日期已过，请先改为今天或以后的日期")
    elif advice := off_day(day, calendar):
        yield PlanNote(code="not_a_workday", field=DEADLINE, words=f"报名截止日期 {advice}")
    if 0 <= left < SHORT_NOTICE:
        words = f"离报名截止只有 {left} 天，单位可能来不及准备" if left else "报名今天截止，单位可能来不及准备"
        yield PlanNote(code="short_notice", field=DEADLINE, words=words)
    if not files:
        yield PlanNote(code="no_attachments", field=None, words="没有上传培训附件，单位在计划页面看不到通知原文")
    if not plan.notice:
        yield PlanNote(code="no_notice", field="notice", words="没有填写报名须知")


def _sought(plan: Plan) -> repository.Sought:
    """The certificates that this plan renews."""
    category, opened = plan.type.label, [each.specialty.label for each in plan.specialties]
    return repository.Sought(category, opened, category not in SCOPED_CATEGORIES)


async def _in_file(session: AsyncSession, actor: Actor, plan: Plan) -> tuple[list[repository.PersonInFile], str]:
    """The unit's people with what they have for this plan, and what the plan trains in."""
    wanted = _sought(plan)
    rows = await repository.list_with_certificates(session, actor, plan.id, wanted)
    return rows, "、".join(wanted.specialties) if wanted.apart and wanted.specialties else wanted.category


def _need(row: repository.PersonInFile, category: str, today: date) -> PersonNeed:
    staff, certificate, status = row
    kind, reason = _kind(certificate, category, today)
    return PersonNeed(
        staff_id=staff.id,
        name=staff.name,
        kind=kind,
        kind_label=kind.label if kind else NOT_NOW,
        reason=reason,
        certificate_number=certificate.number if certificate else None,
        expires_on=certificate.expires_on if certificate else None,
        registration_status=status.label if status else None,
    )


def _kind(certificate: Qualification | None, category: str, today: date) -> tuple[TrainingKind | None, str]:
    if certificate is None:
        return TrainingKind.INITIAL, f"没有“{category}”培训合格证，从事该类工作须参加初训"
    ends = certificate.expires_on
    if ends is None:
        return None, "证书长期有效"
    if ends < today:
        return TrainingKind.REFRESHER, f"证书已于 {ends:%Y-%m-%d} 到期，须参加复训"
    if ends < today + RENEW_BEFORE:
        return TrainingKind.REFRESHER, f"证书将于 {ends:%Y-%m-%d} 到期，请参加复训"
    return None, f"证书有效期至 {ends:%Y-%m-%d}"
