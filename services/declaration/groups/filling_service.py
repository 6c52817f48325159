"""What a head does with its members' declarations (BEY-17): reads, begins, fills in and submits them by the use cases that the branch has
itself, so that no rule stands twice. It acts for the branch and under its own name, which is what the history says.

A branch that is just leaving goes first or last, never between: whoever acts holds the branch's row and the membership until the end of the
transaction. Secret products are the branch's alone: its head neither sees nor sends them, and does not say that they are secret no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository as declarations
from services.declaration.declarations import service as own
from services.declaration.declarations.checking import check_form
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.presentation import read
from services.declaration.declarations.schemas import (
    DeclarationCheckRead,
    DeclarationCreate,
    DeclarationRead,
    DeclarationUpdate,
)
from services.declaration.declarations.workflow import DECLARATION, DeclarationAction, edit_refusal
from services.declaration.employers.repository import require_locked
from services.declaration.form.choices import DeclarationKind
from services.declaration.groups import repository
from services.declaration.groups.models import GroupMember
from services.declaration.groups.schemas import SubmitBatch, SubmitResult, SubmitsRead
from services.declaration.regions.repository import names_of
from shared.clock import now_utc
from shared.errors import AppError, FieldError, InvalidInput, NotFound
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.buttons import button
from shared.workflow.definition import ActionBody, Refusal, refusal_of

OWN_BUSINESS: Final = "该单位申报军工等涉密产品，产品和涉密标记由其本单位填写；请删除这一项，其他内容可以保存"
_TOLD: Final = 3
_ENDED: Final = Refusal(own.EmployerCancelled.code, own.EmployerCancelled.detail)


class NothingToSubmit(NotFound):
    code = "no_open_declaration"
    detail = "该单位没有未提交的申报，请先填写"


def acting_for(member: GroupMember, actor: Actor) -> Actor:
    """Somebody of the head, doing what the branch might do itself."""
    return replace(actor, organisation_id=member.employer_id, permissions=frozenset({Permission.HAZARD_DECLARATION}))


async def hold_member(session: AsyncSession, actor: Actor, member_id: UUID) -> tuple[GroupMember, Actor]:
    """(the membership, who acts for the branch); neither ends before the transaction does. Raises ``NotFound``."""
    seen = await repository.require_member(session, actor, member_id)
    await require_locked(session, seen.employer_id)
    member = await repository.require_member(session, actor, member_id, lock=True)
    return member, acting_for(member, actor)


async def _standing(session: AsyncSession, member: GroupMember) -> Declaration:
    """The record that is open, else the last one that was approved. Raises ``NotFound``."""
    found = await declarations.get_open(session, member.employer_id)
    found = found or await declarations.get_last_approved(session, member.employer_id)
    if found is None:
        raise NothingToSubmit("该单位还没有申报，请先添加")
    return found


async def read_of_member(session: AsyncSession, *, actor: Actor, member_id: UUID) -> DeclarationRead:
    """Raises ``NotFound``."""
    member = await repository.require_member(session, actor, member_id)
    return await _shown(session, member, await _standing(session, member), actor)


async def _shown(session: AsyncSession, member: GroupMember, declaration: Declaration, actor: Actor) -> DeclarationRead:
    """As anybody but the branch sees it: its phone masked, secret products hidden; with what the head may do."""
    names, now = await names_of(session, {declaration.region_code}), now_utc()
    refused = refusal_of(DECLARATION, declaration, DeclarationAction.SUBMIT, acting_for(member, actor), now)
    submit = button(DeclarationAction.SUBMIT.value, DeclarationAction.SUBMIT.label, refused)
    offered = [
        button("edit", "编辑", edit_refusal(declaration)),
        submit.model_copy(update={"href": f"/api/declaration/group-members/{member.id}/declaration/submit"}),
    ]
    if declaration.status.is_settled:
        ended = declaration.kind is DeclarationKind.CANCELLATION
        offered.append(button("create", "添加申报", _ENDED if ended else None))
    return read(declaration, names, actor, now).model_copy(update={"allowed_actions": offered})


async def begin(session: AsyncSession, *, actor: Actor, member_id: UUID, content: DeclarationCreate) -> DeclarationRead:
    """As ``create_declaration``, for a member."""
    member, acting = await hold_member(session, actor, member_id)
    made = await begin_held(session, member, acting, content)
    return await _shown(session, member, made, actor)


async def begin_held(
    session: AsyncSession, member: GroupMember, acting: Actor, content: DeclarationCreate
) -> Declaration:
    refuse_secret(await declarations.get_last_approved(session, member.employer_id), content)
    return await own.create_declaration(session, actor=acting, content=content)


async def change(
    session: AsyncSession, *, actor: Actor, member_id: UUID, content: DeclarationUpdate, expected: int
) -> DeclarationRead:
    """As ``change_declaration``, of the member's open record. Raises ``NothingToSubmit``."""
    member, acting = await hold_member(session, actor, member_id)
    standing = await declarations.get_open(session, member.employer_id)
    if standing is None:
        raise NothingToSubmit
    changed = await change_held(session, standing, acting, content, expected)
    return await _shown(session, member, changed, actor)


async def change_held(
    session: AsyncSession, standing: Declaration, acting: Actor, content: DeclarationUpdate, expected: int
) -> Declaration:
    refuse_secret(standing, content)
    return await own.change_declaration(
        session, actor=acting, declaration_id=standing.id, content=content, expected=expected
    )


def refuse_secret(standing: Declaration | None, content: DeclarationCreate | DeclarationUpdate) -> None:
    """Raises ``InvalidInput`` where the head would see or lose what is the branch's own secret."""
    if standing is None or not standing.confidential:
        return
    sent = content.model_fields_set
    wrong = ["products"] if "products" in sent else []
    if "confidential" in sent and getattr(content, "confidential", None) is not True:
        wrong.append("confidential")
    if wrong:
        raise InvalidInput(errors=[FieldError(name, "confidential_unit", OWN_BUSINESS) for name in wrong])


async def check(
    session: AsyncSession, *, actor: Actor, member_id: UUID, given: Mapping[str, object]
) -> DeclarationCheckRead:
    """As ``check_form``; nothing is written. Raises ``NotFound``."""
    member = await repository.require_member(session, actor, member_id)
    standing = await declarations.get_open(session, member.employer_id)
    acting = acting_for(member, actor)
    return await check_form(session, actor=acting, given=given, declaration_id=standing.id if standing else None)


async def submit(session: AsyncSession, *, actor: Actor, member_id: UUID) -> DeclarationRead:
    """As the branch's own 提交. Raises ``NotFound``, ``NothingToSubmit``, ``DeclarationIncomplete``, ``ActionRefused``."""
    member, acting = await hold_member(session, actor, member_id)
    return await _shown(session, member, await _submit_held(session, member, acting), actor)


async def _submit_held(session: AsyncSession, member: GroupMember, acting: Actor) -> Declaration:
    standing = await declarations.get_open(session, member.employer_id)
    if standing is None:
        raise NothingToSubmit
    action = DeclarationAction.SUBMIT
    return await own.act_on_declaration(
        session, actor=acting, declaration_id=standing.id, action=action, body=ActionBody()
    )


async def submit_many(session: AsyncSession, *, actor: Actor, body: SubmitBatch) -> SubmitsRead:
    """Those that are sound go in, each to its own county; the others say why, unknown and foreign ones ``not_found``."""
    members = {each.id: each for each in await repository.joined_of(session, actor, ids=set(body.member_ids))}
    found: dict[UUID, SubmitResult] = {}
    # In the order in which everybody takes these rows, so that two who submit the same ones do not wait for each other.
    for member in sorted(members.values(), key=lambda each: each.employer_id):
        found[member.id] = await _one_of_many(session, actor, member)
    results = [found.get(each) or _unknown(each) for each in dict.fromkeys(body.member_ids)]
    done = sum(each.done for each in results)
    return SubmitsRead(done=done, refused=len(results) - done, results=results)


async def _one_of_many(session: AsyncSession, actor: Actor, seen: GroupMember) -> SubmitResult:
    member_id, name = seen.id, seen.employer.name
    try:
        async with session.begin_nested():
            member, acting = await hold_member(session, actor, member_id)
            await _submit_held(session, member, acting)
    except AppError as error:
        return SubmitResult(member_id=member_id, employer_name=name, done=False, code=error.code, reason=told(error))
    return SubmitResult(member_id=member_id, employer_name=name, done=True)


def told(error: AppError) -> str:
    """The refusal with the first of its fields, for one row among many."""
    words = [each.message for each in error.errors]
    return "；".join([error.detail, *words[:_TOLD]]) + ("……" if len(words) > _TOLD else "")


def _unknown(member_id: UUID) -> SubmitResult:
    return SubmitResult(member_id=member_id, employer_name="", done=False, code=NotFound.code, reason=NotFound.detail)
