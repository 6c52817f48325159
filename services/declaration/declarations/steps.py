"""What follows from each step of a declaration's way, in the same transaction: the effects that its table names (ADR 1)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import keeping as clock
from services.declaration.declarations import repository
from services.declaration.declarations.content import comparable
from services.declaration.declarations.contents import filled_of
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DECLARATION, RejectBody
from services.declaration.figures import keeping as figures
from services.declaration.form.flags import flags_of
from services.declaration.papers.service import give_receipt, void_receipt
from shared.clock import beijing_today, now_utc
from shared.identity import Actor
from shared.workflow.definition import ActionBody


def _let_go(declaration: Declaration) -> None:
    """Nobody holds it, and nothing is asked."""
    declaration.reviewer_id = declaration.reviewer_name = None
    declaration.withdrawal_requested_at = declaration.withdrawal_reason = None


@DECLARATION.effect("start_review")
async def start_review(session: AsyncSession, declaration: Declaration, _actor: Actor, _body: ActionBody) -> None:
    """A submission: its day is the 申报日期, nobody has opened it yet, and what is odd about it is found."""
    now = now_utc()
    declaration.declared_on = beijing_today(now)
    declaration.declared_region = None
    declaration.pending_since = now
    declaration.opened_by_reviewer_at = None
    declaration.reviewed_at = None
    declaration.reject_reason = None
    declaration.withdrawal_answer = None
    _let_go(declaration)
    last = await repository.get_last_approved(session, declaration.employer_id)
    found = flags_of(filled_of(declaration), filled_of(last) if last else None)
    declaration.flags = [each.model_dump(mode="json") for each in found]
    declaration.flag_codes = sorted({each.code for each in found})


@DECLARATION.effect("leave_review")
async def leave_review(_session: AsyncSession, declaration: Declaration, _actor: Actor, _body: ActionBody) -> None:
    """A withdrawal, or one that was granted: the review's clock stops."""
    declaration.pending_since = None
    declaration.opened_by_reviewer_at = None
    _let_go(declaration)


@DECLARATION.effect("keep_request")
async def keep_request(_session: AsyncSession, declaration: Declaration, _actor: Actor, body: ActionBody) -> None:
    """The employer asks for it back: it stands on top of the queue (FAQ-D8)."""
    declaration.withdrawal_requested_at = now_utc()
    declaration.withdrawal_reason = body.reason
    declaration.withdrawal_answer = None


@DECLARATION.effect("answer_request")
async def answer_request(_session: AsyncSession, declaration: Declaration, _actor: Actor, body: ActionBody) -> None:
    """The request is declined; the employer reads why."""
    declaration.withdrawal_requested_at = declaration.withdrawal_reason = None
    declaration.withdrawal_answer = body.reason


@DECLARATION.effect("hold_review")
async def hold_review(_session: AsyncSession, declaration: Declaration, actor: Actor, _body: ActionBody) -> None:
    """Opened, or taken over: from the first opening on the employer cannot withdraw by itself (DECL-10)."""
    declaration.opened_by_reviewer_at = declaration.opened_by_reviewer_at or now_utc()
    declaration.reviewer_id, declaration.reviewer_name = actor.account_id, actor.person_name


@DECLARATION.effect("keep_decision")
async def keep_decision(session: AsyncSession, declaration: Declaration, actor: Actor, _body: ActionBody) -> None:
    """An approval: when it was made. What was returned before is settled, the receipt is made, and the unit's clock starts
    anew (BEY-10)."""
    _decide(declaration)
    declaration.reject_reason = None
    declaration.returned_fields, declaration.returned_content = [], None
    await give_receipt(session, declaration, actor)
    await clock.follow(session, declaration.employer_id)
    await figures.follow(session, declaration.employer_id)


@DECLARATION.effect("keep_return", RejectBody)
async def keep_return(_session: AsyncSession, declaration: Declaration, _actor: Actor, body: RejectBody) -> None:
    """A return: why, for which fields, and how it stood, so that the next submission shows what has changed (BEY-04)."""
    _decide(declaration)
    declaration.reject_reason = body.reason
    declaration.returned_fields = list(dict.fromkeys(body.fields))
    declaration.returned_content = comparable(declaration)


def _decide(declaration: Declaration) -> None:
    declaration.pending_since = None
    declaration.reviewed_at = now_utc()
    _let_go(declaration)


@DECLARATION.effect("reopen_review")
async def reopen_review(session: AsyncSession, declaration: Declaration, actor: Actor, _body: ActionBody) -> None:
    """An approval that was revoked (DECL-12), or a decision that was taken back (BEY-11): the review's clock starts anew, and the record
    is held by who did it. The unit's clock goes back to the declaration before."""
    declaration.pending_since = now_utc()
    declaration.opened_by_reviewer_at = declaration.opened_by_reviewer_at or declaration.pending_since
    declaration.reviewer_id, declaration.reviewer_name = actor.account_id, actor.person_name
    declaration.reviewed_at = None
    declaration.reject_reason = None
    await void_receipt(session, declaration)
    await clock.follow(session, declaration.employer_id)
    await figures.follow(session, declaration.employer_id)
