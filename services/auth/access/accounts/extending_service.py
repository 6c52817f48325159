"""延期 of many accounts at once (STAFF-11, AUTH-05): each in a savepoint of its own, with an answer each; one that cannot be
extended stops no other.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository
from services.auth.access.accounts.schemas import ExtendedMany, ExtendedOne, ExtendMany
from services.auth.access.accounts.service import act_on_account
from services.auth.access.accounts.workflow import AccountAction, ExtendBody
from shared.errors import AppError
from shared.identity import Actor


async def extend_many(session: AsyncSession, *, actor: Actor, body: ExtendMany) -> ExtendedMany:
    """Extends those of the accounts that the actor may extend; a day that suits none is told for each. In the order of the ids, so that two
    batches never wait for each other."""
    wanted = ExtendBody(valid_until=body.valid_until, reason=body.reason)
    found = {each: await _extend(session, actor, each, wanted) for each in sorted(set(body.account_ids))}
    return _answer(body.account_ids, found)


async def _extend(session: AsyncSession, actor: Actor, account_id: UUID, body: ExtendBody) -> ExtendedOne:
    name = ""
    try:
        name = (await repository.require_overseen(session, actor, account_id)).login_name
        async with session.begin_nested():
            read = await act_on_account(session, actor, account_id, AccountAction.EXTEND, body)
    except AppError as error:
        words = "；".join(each.message for each in error.errors) or error.detail
        return ExtendedOne(account_id=account_id, login_name=name, done=False, code=error.code, reason=words)
    return ExtendedOne(account_id=account_id, login_name=read.login_name, done=True, valid_until=read.valid_until)


def _answer(ids: Sequence[UUID], found: dict[UUID, ExtendedOne]) -> ExtendedMany:
    results = [found[each] for each in dict.fromkeys(ids)]
    done = sum(each.done for each in results)
    return ExtendedMany(done=done, refused=len(results) - done, results=results)
