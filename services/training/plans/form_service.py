"""A plan's form while it is filled in, and what holds between its fields and the dictionaries (STAFF-01, TRN-45)."""

from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import repository
from services.training.plans.calendar_service import calendar_of
from services.training.plans.form import REQUIRED, SPECIALTIES, TYPE, form_definition
from services.training.plans.rules import DEADLINE, GROUPS, check_exam_groups
from services.training.plans.schemas import PlanDraft
from shared.clock import is_past, now_utc
from shared.errors import FieldError, InvalidInput
from shared.web.drafts import problem_fields, read_draft
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.workdays import Calendar

_DISABLED = "（已停用）"


async def read_definition(session: AsyncSession) -> RecordFormRead:
    """The form as a page draws it."""
    types = [each for each, _ in await repository.list_types(session)]
    return form_definition({each.code: each.label + ("" if each.active else _DISABLED) for each in types})


async def check_form(session: AsyncSession, given: Mapping[str, object]) -> RecordFormCheckRead:
    """What is there is judged, nothing is written: what is not there yet is no error."""
    draft, errors = read_draft(PlanDraft, given)
    values = draft.model_dump()
    chosen, groups = values[SPECIALTIES] or [], values[GROUPS] or []
    asks = False
    if values[TYPE]:
        asks = bool(await _offered(session, values[TYPE]))
        errors += await _found(check_specialties(session, values[TYPE], chosen)) if chosen or not asks else []
    errors += await _found(check_groups(session, chosen, groups))
    required = [name for name in PlanDraft.model_fields if name in REQUIRED or (asks and name == SPECIALTIES)]
    hints = list(_about_deadline(values[DEADLINE], await calendar_of(session))) if values[DEADLINE] else []
    hints += await _found(check_still_offered(session, values[TYPE] or "", chosen))
    return RecordFormCheckRead(errors=problem_fields(errors), hints=problem_fields(hints), required_now=required)


def _about_deadline(day: date, calendar: Calendar) -> Iterator[FieldError]:
    if is_past(day, now_utc()):
        yield FieldError(DEADLINE, "deadline_passed", "该日期已过，发布前请改为今天或以后的日期")
    elif advice := off_day(day, calendar):
        yield FieldError(DEADLINE, "not_a_workday", advice)


def off_day(day: date, calendar: Calendar) -> str:
    """What speaks against a deadline on that day, when few are at work; blank where nothing does."""
    if calendar.is_workday(day):
        return ""
    known = calendar.is_known(day.year)
    unknown = "" if known else f"；{day.year} 年的节假日安排尚未公布，只按周末和固定节日判断"
    before = calendar.workday_before(day)
    return f"{day} 是{calendar.in_words(day)}，前一个工作日是 {before}（{calendar.in_words(before)}）{unknown}"


async def _offered(session: AsyncSession, type_code: str) -> set[str]:
    types = {each.code: offered for each, offered in await repository.list_types(session)}
    return {each.code for each in types.get(type_code, [])}


async def _found(checking: Awaitable[None]) -> list[FieldError]:
    try:
        await checking
    except InvalidInput as refused:
        return list(refused.errors)
    return []


async def check_still_offered(
    session: AsyncSession, type_code: str, codes: Iterable[str], held: Collection[str] = ()
) -> None:
    """What the administration has taken out of use is in no new plan; one that has it keeps it. Raises ``InvalidInput``."""
    types = {each.code: (each, offered) for each, offered in await repository.list_types(session)}
    found, offered = types.get(type_code, (None, []))
    errors = []
    if found and not found.active and type_code not in held:
        message = f"“{found.label}”已停用，不能用于新的培训计划，请另选一个类型"
        errors.append(FieldError(TYPE, "type_disabled", message))
    wanted = set(codes) - set(held)
    if gone := [each.label for each in offered if each.code in wanted and not each.active]:
        errors.append(FieldError(SPECIALTIES, "specialty_disabled", f"下列专业类别已停用，请去掉：{'、'.join(gone)}"))
    if errors:
        raise InvalidInput(errors=errors)


async def check_specialties(session: AsyncSession, type_code: str, codes: Iterable[str]) -> None:
    """TRN-45: a subset of the list of its type, at least one where the type has a list. Raises ``InvalidInput``."""
    types = {each.code: (each.label, offered) for each, offered in await repository.list_types(session)}
    if type_code not in types:
        raise InvalidInput(errors=[FieldError("type_code", "unknown_code", "没有这种培训班类型")])
    type_label, specialties = types[type_code]
    offered, wanted = {each.code for each in specialties}, set(codes)
    if unknown := sorted(wanted - offered):
        labels = await repository.specialty_labels(session)
        named = "、".join(labels.get(code, code) for code in unknown)
        message = f"“{type_label}”没有这些专业类别，请去掉：{named}"
        raise InvalidInput(errors=[FieldError("specialties", "unknown_code", message)])
    if offered and not wanted:
        raise InvalidInput(errors=[FieldError("specialties", "missing", "请至少选择一个开设专业类别")])


async def check_groups(session: AsyncSession, specialties: list[str], groups: list[list[str]]) -> None:
    """Bundles of specialties that are opened (X30). Raises ``InvalidInput``."""
    if groups:
        check_exam_groups(specialties, groups, await repository.specialty_labels(session))
