"""Use cases of 人员调动 (BEY-14): proposed by either unit, seen by both, decided by the other. How a person moves is in ``moving``."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.transfers import repository
from services.training.desk.transfers.contents import contents_of
from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.moving import Facts, facts_about, move_refusal
from services.training.desk.transfers.schemas import TransferContents, TransferCreate, TransferRead
from services.training.desk.transfers.workflow import TRANSFER, Direction, TransferAction, consequence_of
from services.training.people.accepted.service import MISSES
from services.training.people.filings.service import require_open
from services.training.people.institutions.models import Institution
from services.training.people.personnel import elsewhere
from services.training.people.personnel.form import LABELS
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.repository import require_staff
from shared.clock import now_utc
from shared.crypto import mask_resident_id
from shared.db.history import history_of
from shared.db.paging import Page, Rows
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record as record_event
from shared.events.training_people import TransferProposed
from shared.fields import resident_id_misses_check, uscc_misses_check
from shared.identity import Actor
from shared.reference.pinyin import same_name
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import page_of
from shared.wording import Word, reader_of, words_of
from shared.workflow.apply import apply
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import ActionBody

NOBODY = "没有找到可以调入的人员，请核对身份证号和姓名，或请其现单位发起调出"
UNNAMED = "现单位（同意调动后显示）"
CODE_MISSES = "统一社会信用代码校验位不符，且没有使用该代码的单位，请对照对方单位的营业执照核对"
NO_UNIT = "没有找到该单位，请核对统一社会信用代码；对方单位须已在本平台开通账号"


class TransferOpen(Conflict):
    code = "transfer_open"
    detail = "该人员已有一个待确认的调动，请先等其办结或由发起单位撤回"


class PersonLeft(Conflict):
    code = "person_left"
    detail = "该人员已离职，不能调出；可由其新单位直接添加人员，如需带去培训记录，请先点击“在职”恢复再发起调出"


async def propose_transfer(session: AsyncSession, *, actor: Actor, body: TransferCreate) -> TransferRead:
    """A unit asks for a person, or offers one. Raises what ``require_open`` raises, ``NotFound`` for a file that is not the unit's own,
    ``PersonLeft``, ``TransferOpen`` and ``InvalidInput`` by field; of people elsewhere nothing is told but ``NOBODY``."""
    await require_open(session, actor)
    asks = body.direction is Direction.IN
    staff, to_unit_id = await (_wanted(session, actor, body) if asks else _offered(session, actor, body))
    transfer = Transfer(
        person_id=staff.person_id,
        person_name=staff.name,
        from_unit_id=staff.unit_id,
        to_unit_id=to_unit_id,
        proposed_by=actor.organisation_id,
        note=body.note,
    )
    with refused_as(lambda _: TransferOpen()):
        async with session.begin_nested():
            session.add(transfer)
            await session.flush()
    _remember_proposal(session, actor, transfer, body.direction)
    await session.flush()
    return await shown(session, actor, await repository.require_transfer(session, actor, transfer.id))


TRANSFER.words.update(
    words_of(
        TransferCreate,
        direction=Word("方向", reader_of(Direction)),
        person_name=Word(LABELS["name"]),
        registrations=Word("随人员转移的报名", lambda ids: f"{len(ids)} 项", whole=True),
        dropped_registrations=Word("删除的未提交报名", lambda ids: f"{len(ids)} 项", whole=True),
    )
)


def _require(body: TransferCreate, *names: str) -> None:
    missing = [FieldError(name, "missing", "必填") for name in names if getattr(body, name) is None]
    if missing:
        raise InvalidInput(errors=missing)


async def _wanted(session: AsyncSession, actor: Actor, body: TransferCreate) -> tuple[StaffMember, UUID]:
    """The file that the actor's unit asks for: number and name must both be right."""
    _require(body, "resident_id", "name")
    assert body.resident_id is not None
    assert body.name is not None
    await elsewhere.require_guesses_left(session, actor)
    files = await repository.employed_files(session, body.resident_id)
    if any(each.unit_id == actor.organisation_id for each in files):
        reason = "本单位人员信息中已有该人员且在职，无需调入"
        raise InvalidInput(errors=[FieldError("resident_id", "person_already_there", reason)])
    named = [each for each in files if same_name(each.name, body.name)]
    if not named:
        await elsewhere.count_guesses(session, actor, 1)
        unknown = FieldError("resident_id", "person_unknown", NOBODY)
        problem = MISSES if resident_id_misses_check(body.resident_id) else unknown
        raise elsewhere.KnownElsewhere(problem.message, errors=[problem])
    return named[0], actor.organisation_id


async def _offered(session: AsyncSession, actor: Actor, body: TransferCreate) -> tuple[StaffMember, UUID]:
    """The unit's own file, and the unit to which it goes."""
    _require(body, "staff_id", "to_credit_code")
    assert body.staff_id is not None
    assert body.to_credit_code is not None
    staff = await require_staff(session, actor, body.staff_id)
    if not staff.status.is_in_post:
        raise PersonLeft
    found = await repository.institutions_with(session, body.to_credit_code)
    others = [each for each in found if each.id != actor.organisation_id]
    if not others and uscc_misses_check(body.to_credit_code):
        raise InvalidInput(errors=[FieldError("to_credit_code", "uscc_checksum", CODE_MISSES)])
    return staff, _chosen(others, body.to_unit_name).id


def _chosen(units: list[Institution], name: str | None) -> Institution:
    named = [each for each in units if name is None or same_name(each.name, name)]
    if len(named) == 1:
        return named[0]
    if len(units) > 1:
        names = "、".join(each.name for each in units)
        message = f"多个单位使用该统一社会信用代码，请填写调入单位的名称：{names}"
        raise InvalidInput(errors=[FieldError("to_unit_name", "unit_ambiguous", message)])
    field, code = ("to_credit_code", "unit_unknown") if not units else ("to_unit_name", "unit_unknown")
    raise InvalidInput(errors=[FieldError(field, code, NO_UNIT)])


def _remember_proposal(session: AsyncSession, actor: Actor, transfer: Transfer, direction: Direction) -> None:
    after = {"person_name": transfer.person_name, "direction": direction.value, "note": transfer.note}
    TRANSFER.note(session, transfer.id, "create", actor=actor, after=after)
    asks = direction is Direction.IN
    record_event(
        session,
        TransferProposed(
            transfer_id=transfer.id,
            person_name=transfer.person_name,
            proposed_by=actor.organisation_id,
            proposed_by_name=actor.organisation_name,
            asked_unit_id=transfer.from_unit_id if asks else transfer.to_unit_id,
            direction="调入其单位" if asks else "调入贵单位",
        ),
    )


async def act_on_transfer(
    session: AsyncSession, actor: Actor, transfer_id: UUID, action: TransferAction, body: ActionBody
) -> TransferRead:
    """[同意调动], [不同意] and [撤回]."""
    transfer = await repository.require_transfer(session, actor, transfer_id)
    await apply(session, TRANSFER, transfer, action, actor=actor, body=body)
    return await shown(session, actor, await repository.require_transfer(session, actor, transfer_id))


async def read_transfer(session: AsyncSession, *, actor: Actor, transfer_id: UUID) -> TransferRead:
    """One transfer, for either unit."""
    return await shown(session, actor, await repository.require_transfer(session, actor, transfer_id))


async def list_transfers(session: AsyncSession, actor: Actor, rows: Rows[Transfer]) -> Page[TransferRead]:
    """A page of transfers, each with what may be done with it now."""
    facts = await facts_about(session, rows.items)
    return page_of(rows, lambda each: _read(actor, each, facts))


async def transfer_history(session: AsyncSession, *, actor: Actor, transfer_id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first (PLAT-04)."""
    transfer = await repository.require_transfer(session, actor, transfer_id)
    rows = await history_of(session, TRANSFER, transfer_id)
    entries = history_entries(rows, actor, TRANSFER, {"create": "发起", "move": "转移档案"})
    if _is_told_where(actor, transfer):
        return entries
    # Refusing is all that the other unit can have done yet.
    theirs = {"actor_name": UNNAMED}
    return [each.model_copy(update=theirs) if each.action == TransferAction.REFUSE else each for each in entries]


async def shown(session: AsyncSession, actor: Actor, transfer: Transfer) -> TransferRead:
    """The transfer as the actor's unit sees it; what stands in the way of [同意调动] is said in the words of its refusal (PLAT-02)."""
    contents = await contents_of(session, actor, transfer)
    return _read(actor, transfer, await facts_about(session, [transfer]), contents)


def _is_told_where(actor: Actor, transfer: Transfer) -> bool:
    """Whether the actor's unit knows where the person is: it is there itself, or that unit has offered the person, or agreed (PLAT-06)."""
    return transfer.from_unit_id in {actor.organisation_id, transfer.proposed_by} or transfer.status.has_moved


def _read(actor: Actor, transfer: Transfer, facts: Facts, contents: TransferContents | None = None) -> TransferRead:
    leaves = transfer.from_unit_id == actor.organisation_id
    named, own = _is_told_where(actor, transfer), transfer.proposed_by == actor.organisation_id
    return TransferRead.of(
        transfer,
        resident_id=mask_resident_id(transfer.person.resident_id),
        direction=Direction.OUT if leaves else Direction.IN,
        own=own,
        status_label=_status_in_words(transfer, own=own),
        from_unit_id=transfer.from_unit_id if named else None,
        from_unit_name=transfer.from_unit.name if named else UNNAMED,
        to_unit_name=transfer.to_unit.name,
        dropped_plans=_dropped(actor, transfer, facts),
        contents=contents,
        allowed_actions=_actions(actor, transfer, facts),
    )


def _status_in_words(transfer: Transfer, *, own: bool) -> str:
    if not transfer.status.awaits_answer:
        return transfer.status.label
    return "待对方确认" if own else "待本单位确认"


def _dropped(actor: Actor, transfer: Transfer, facts: Facts) -> Sequence[str]:
    """The old unit's own registrations, as long as the move is to come; they are nobody else's business (PLAT-06)."""
    own = transfer.from_unit_id == actor.organisation_id and transfer.status.awaits_answer
    return facts.unsent.get((transfer.person_id, transfer.from_unit_id), ()) if own else ()


def _actions(actor: Actor, transfer: Transfer, facts: Facts) -> list[AllowedAction]:
    leaves = transfer.from_unit_id == actor.organisation_id
    actions = [
        each.model_copy(update={"consequence": consequence_of(each.action, leaves=leaves)})
        for each in allowed_actions(TRANSFER, transfer, actor, now_utc())
    ]
    at = next((at for at, each in enumerate(actions) if each.action == TransferAction.ACCEPT and each.allowed), None)
    if at is not None and (refusal := move_refusal(transfer, actor, facts)):
        changed = {"allowed": False, "reason": refusal.reason, "code": refusal.code}
        actions[at] = actions[at].model_copy(update=changed)
    return actions
