"""Where providers of text messages call back. None of them signs what it says, so that the address itself is the secret: whoever does not
know it is told that there is nothing (BEY-12).
"""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse

from services.notifications.deliveries import receipt_service
from services.notifications.deliveries.receipts import CALLBACKS
from services.notifications.settings import notification_settings
from shared.errors import NotFound
from shared.web.route import Session, UnitOfWorkRoute

SHORTEST_TOKEN = 16
router = APIRouter(prefix="/api/notifications/receipts", include_in_schema=False, route_class=UnitOfWorkRoute)
Rows = Annotated[list[Any], Body(max_length=1000)]


@router.post("/{provider}/{token}")
async def take_receipts(provider: str, token: str, rows: Rows, session: Session) -> JSONResponse:
    """Keeps what it says; the same again changes nothing."""
    right = notification_settings().receipt_token
    known = len(right) >= SHORTEST_TOKEN and hmac.compare_digest(right.encode(), token.encode())
    if not known or provider not in CALLBACKS:
        raise NotFound("没有找到该地址")
    await receipt_service.keep_receipts(session, provider, rows)
    return JSONResponse(dict(CALLBACKS[provider].taken))
