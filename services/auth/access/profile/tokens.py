"""程序令牌 in 个人设置 (PLAT-15): what is made takes the password, because a browser may have been left open."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.sessions.sign_in import check_own_password
from services.auth.access.tokens import service
from services.auth.access.tokens.models import ProgramToken
from services.auth.access.tokens.schemas import (
    ProgramTokenCreate,
    ProgramTokenMade,
    ProgramTokenRead,
    ProgramTokens,
    ScopeRead,
)
from services.auth.units import keeping_unit
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.runtime import Runtime
from shared.scopes import LABELS, SCOPES, Scope
from shared.workflow.buttons import AllowedAction, button

SHOWN = 50
ADDRESS = "/api/auth/me/tokens"
_CONSEQUENCE = "使用该令牌的程序立即不能再办理任何事项，且不能恢复；需要时请生成新的令牌。"


async def list_tokens(session: AsyncSession, actor: Actor) -> ProgramTokens:
    """Those of the organisation, and what a new one can be allowed."""
    return ProgramTokens(
        items=[ProgramTokenRead.of(each, **_more(each)) for each in await service.list_tokens(session, actor, SHOWN)],
        scopes=[
            ScopeRead(code=row.scope, label=row.label, allowed=row.is_open_to(actor.permissions)) for row in SCOPES
        ],
        latest=service.latest_day(),
    )


def _more(token: ProgramToken) -> dict[str, object]:
    live = service.is_live(token)
    scopes = [each for each in Scope if each.value in token.scopes]
    return {
        "scopes": scopes,
        "scope_labels": [LABELS[each] for each in scopes],
        "maker_name": token.account.person_name,
        "live": live,
        "allowed_actions": [_revoke(token)] if live else [],
    }


def _revoke(token: ProgramToken) -> AllowedAction:
    plain = button("revoke", "停用", consequence=_CONSEQUENCE)
    return plain.model_copy(update={"href": f"{ADDRESS}/{token.id}/revoke"})


async def make_token(runtime: Runtime, actor: Actor, body: ProgramTokenCreate) -> ProgramTokenMade:
    """No connection is held while the password is checked. Raises InvalidInput for a day that is too far and for scopes of which the
    account may do nothing, what ``check_own_password`` raises, and TooManyLive."""
    service.refuse_bad_day(body.valid_until)
    beyond = [LABELS[row.scope] for row in SCOPES if row.scope in body.scopes and not row.is_open_to(actor.permissions)]
    if beyond:
        message = f"您的账号没有以下权限，程序令牌也不能有：{'、'.join(beyond)}"
        raise InvalidInput(errors=[FieldError("scopes", "scope_not_allowed", message)])
    clear = body.password.get_secret_value()
    await check_own_password(runtime, actor=actor, password=clear, field="password")
    async with keeping_unit(runtime) as session:
        made, token = await service.make_token(
            session, actor=actor, name=body.name, scopes=body.scopes, valid_until=body.valid_until
        )
        return ProgramTokenMade.of(made, **_more(made), token=token)


async def revoke_token(session: AsyncSession, actor: Actor, token_id: UUID) -> None:
    """Ends one of the organisation's, whoever made it. Raises NotFound, TokenOver."""
    await service.revoke_token(session, actor=actor, token_id=token_id)
