"""Taking in somebody whom another unit has on file (BEY-14, PLAT-06). What a number and a name open is one of two answers, which name no
unit; both are counted for each account and day, and when the day's are used up nobody is taken in, so that the third answer tells nothing
either. What the person has done elsewhere comes with a move alone.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import elsewhere_repository
from services.training.people.personnel.elsewhere_repository import FileElsewhere
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.repository import lock_people
from services.training.people.personnel.workflow import EMPLOYMENT
from services.training.settings import training_settings
from shared.clock import beijing_today, now_utc, start_of_beijing_day
from shared.errors import FieldError, InvalidInput, TooManyRequests
from shared.identity import Actor
from shared.quotas import tell
from shared.reference.pinyin import same_name
from shared.workflow.apply import ActionRefused
from shared.workflow.definition import ActionBody, Refusal

EMPLOYED = FieldError(
    "resident_id",
    "person_employed_elsewhere",
    "此人已在其他单位在职，可申请调入：请到“人员调动”发起，经其现单位同意后转入",
)
MISMATCH = FieldError(
    "resident_id",
    "person_mismatch",
    "姓名与身份证号不一致，请对照身份证核对后重新填写；确认无误的，请联系省疾控中心更正原有记录",
)


class KnownElsewhere(InvalidInput):
    """The guess stays counted (ADR 5)."""

    keeps = True


class TooManyGuesses(TooManyRequests):
    code = "too_many_people_elsewhere"

    def __init__(self, seconds: int) -> None:
        detail = (
            "今天填写的人员中已有多人在其他单位登记，为保护个人信息，请明天再添加人员；确需调入的请逐人发起“人员调动”"
        )
        super().__init__(detail, retry_after=seconds)


async def require_guesses_left(session: AsyncSession, actor: Actor) -> None:
    """Raises ``TooManyGuesses`` until tomorrow when the account's are used up."""
    now = now_utc()
    taken = await elsewhere_repository.taken_guesses(session, actor.account_id, beijing_today(now))
    most, tomorrow = (
        training_settings().people_guesses_a_day,
        start_of_beijing_day(beijing_today(now) + timedelta(days=1)),
    )
    left = round((tomorrow - now).total_seconds()) + 1
    if taken >= most:
        tell("people-elsewhere", most=most, seconds=86400, used=taken, left=left)
        raise TooManyGuesses(left)


async def count_guesses(session: AsyncSession, actor: Actor, number: int) -> None:
    """So many more answers are given to the account."""
    if number:
        await elsewhere_repository.charge_guesses(session, actor.account_id, beijing_today(now_utc()), number)


async def refuse(session: AsyncSession, actor: Actor, person_id: UUID, name: str) -> None:
    """Raises ``TooManyGuesses``, and ``KnownElsewhere`` when another unit has the person 在职, or under another name."""
    await require_guesses_left(session, actor)
    problems = await found(session, actor, {person_id: name})
    if problems:
        await count_guesses(session, actor, len(problems))
        raise KnownElsewhere(errors=list(problems.values()))


async def found(
    session: AsyncSession, actor: Actor, names: Mapping[UUID, str], *, resuming: Collection[UUID] = ()
) -> dict[UUID, FieldError]:
    """Why some of these people cannot be taken in under the name that the unit gives, or be 在职 again in the file that it has
    (``resuming``). Counts nothing; whoever else takes one of them in waits."""
    people = {*names, *resuming}
    await lock_people(session, people)
    theirs = await elsewhere_repository.files_elsewhere(session, actor.organisation_id, people)
    problems = {each: _problem(names.get(each), theirs.get(each, ())) for each in people}
    return {person_id: problem for person_id, problem in problems.items() if problem}


def _problem(name: str | None, theirs: Collection[FileElsewhere]) -> FieldError | None:
    if name is not None and theirs and not any(same_name(name, each.name) for each in theirs):
        return MISMATCH
    return EMPLOYED if any(each.status.is_in_post for each in theirs) else None


@EMPLOYMENT.effect("come_back")
async def come_back(session: AsyncSession, staff: StaffMember, actor: Actor, body: ActionBody) -> None:
    """Raises ``ActionRefused`` when the person is 在职 elsewhere by now."""
    await come_back_all(session, [staff], actor, body)


@EMPLOYMENT.effect_of_many("come_back")
async def come_back_all(session: AsyncSession, files: Sequence[StaffMember], _actor: Actor, _body: ActionBody) -> None:
    """The same for many files of one unit."""
    theirs = await elsewhere_repository.files_elsewhere(session, files[0].unit_id, [each.person_id for each in files])
    if any(each.status.is_in_post for of_person in theirs.values() for each in of_person):
        raise ActionRefused(Refusal(EMPLOYED.code, EMPLOYED.message))
