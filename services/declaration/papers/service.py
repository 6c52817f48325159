"""The papers of a declaration (DECL-14, FAQ-D14, BEY-10): asked for twice at once they are one, and each state has its own number. They are
printed by certificates from a sealed event, and fetched from there.
"""

import hashlib
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.facts import law
from services.declaration.declarations.contents import problems_of
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import require_declaration
from services.declaration.declarations.workflow import DECLARATION
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.due import UnitEvents, due_of
from services.declaration.papers import repository
from services.declaration.papers.models import DeclarationPaper
from services.declaration.papers.printed import PrintedForm, PrintedReceipt, printed_form, printed_receipt
from services.declaration.papers.workflow import PREFIXES, PREPARED, PaperKind, form_refusal, receipt_refusal
from services.declaration.regions.repository import names_of
from shared.clock import beijing_today, now_utc
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.declaration import DeclarationPaperPrepared
from shared.events.log import record
from shared.identifiers import new_id, new_number
from shared.identity import Actor
from shared.roles import Level
from shared.web.documents import FormNotPrepared
from shared.wording import Word
from shared.workflow.apply import ActionRefused

DECLARATION.words.update({"paper": Word("文书"), "number": Word("编号")})
# What differs from one print to the next of the same state.
_NOT_OF_THE_STATE = {"number", "prepared_on"}
Printed = PrintedForm | PrintedReceipt


async def prepare(session: AsyncSession, *, actor: Actor, declaration_id: UUID, kind: PaperKind) -> DeclarationPaper:
    """The paper of the record as it is now, made unless it is there. Raises ``NotFound``, and ``ActionRefused`` where there is none."""
    declaration = await require_declaration(session, actor, declaration_id, lock=True)
    if kind is PaperKind.RECEIPT:
        if refusal := receipt_refusal(declaration):
            raise ActionRefused(refusal)
        # It names the office that approved; the unit may be another office's by now.
        given = await repository.newest(session, declaration.id, kind)
        if given and given.voided_on is None:
            return given
        return await give_receipt(session, declaration, actor)
    if refusal := form_refusal(declaration, len(problems_of(declaration, now_utc()))):
        raise ActionRefused(refusal)
    names = await names_of(session, {declaration.declared_for})
    region = names.get(declaration.declared_for, declaration.declared_for)
    printed = printed_form(declaration, region, beijing_today(now_utc()))
    return await _give(session, declaration, kind, printed, actor)


async def give_receipt(session: AsyncSession, declaration: Declaration, actor: Actor) -> DeclarationPaper:
    """The receipt of an approved record, whose row the caller holds: one for each approval."""
    office_code = declaration.region_code
    if declaration.review_level is Level.CITY:
        office_code = f"{office_code[:4]}00"
    names = await names_of(session, {declaration.declared_for, office_code})
    office = f"{names.get(office_code, '')}卫生健康部门"
    region = names.get(declaration.declared_for, declaration.declared_for)
    printed = printed_receipt(declaration, region, office, _next_due(declaration))
    return await _give(session, declaration, PaperKind.RECEIPT, printed, actor)


def _next_due(declaration: Declaration) -> str:
    if declaration.kind is DeclarationKind.CANCELLATION:
        return "单位已注销申报；如恢复生产经营，请重新申报"
    (due,) = due_of(UnitEvents(declared_on=declaration.declared_on), law())
    return f"下一次年度更新应在{due.opens_on}至{due.last_day}之间办理；其间如有变化，应按规定申报变更"


async def _give(
    session: AsyncSession, declaration: Declaration, kind: PaperKind, printed: Printed, actor: Actor
) -> DeclarationPaper:
    state = printed.model_dump_json(exclude=_NOT_OF_THE_STATE)
    digest = hashlib.sha256(state.encode()).hexdigest()
    last = await repository.newest(session, declaration.id, kind)
    if last is not None and last.digest == digest and last.voided_on is None:
        return last
    today = beijing_today(now_utc())
    paper = DeclarationPaper(
        id=new_id(),
        declaration_id=declaration.id,
        kind=kind,
        revision=last.revision + 1 if last else 1,
        number=new_number(PREFIXES[kind]),
        digest=digest,
        issued_on=today,
    )
    session.add(paper)
    DECLARATION.note(session, declaration.id, "print", actor=actor, after={"paper": kind.label, "number": paper.number})
    record(session, _prepared(declaration, paper, printed.model_copy(update={"number": paper.number})))
    await session.flush()
    return paper


def _prepared(declaration: Declaration, paper: DeclarationPaper, printed: Printed) -> DeclarationPaperPrepared:
    facts = [("申报类型", declaration.kind.label), ("申报日期", declaration.declared_on.isoformat())]
    if isinstance(printed, PrintedReceipt):
        facts += [("审核日期", printed.reviewed_on.isoformat()), ("审核部门", printed.office)]
    else:
        facts += [("生成时的状态", printed.status)]
    return DeclarationPaperPrepared(
        kind=paper.kind.value,
        source_id=declaration.id,
        revision=paper.revision,
        content=Sealed.seal(field_cipher(), printed.model_dump_json()),
        number=paper.number,
        title=printed.title,
        holder_name=declaration.employer_name,
        facts=tuple(facts),
        issued_on=paper.issued_on,
    )


async def void_receipt(session: AsyncSession, declaration: Declaration) -> None:
    """Its approval was taken back; the next one gives another."""
    await repository.void(session, declaration.id, PaperKind.RECEIPT, beijing_today(now_utc()))


class PreparedPaper(BaseModel):
    """What is to be fetched, and under which name it is kept."""

    revision: int
    file_name: str


async def prepared(session: AsyncSession, *, actor: Actor, declaration_id: UUID, kind: PaperKind) -> PreparedPaper:
    """The newest that was made. Raises ``NotFound``, ``ActionRefused`` for the receipt of what is not approved, ``FormNotPrepared``."""
    declaration = await require_declaration(session, actor, declaration_id)
    if kind is PaperKind.RECEIPT and (refusal := receipt_refusal(declaration)):
        raise ActionRefused(refusal)
    paper = await repository.newest(session, declaration.id, kind)
    if paper is None or paper.voided_on is not None:
        raise FormNotPrepared(PREPARED[kind])
    return PreparedPaper(revision=paper.revision, file_name=f"{declaration.employer_name}{kind.label}.pdf")
