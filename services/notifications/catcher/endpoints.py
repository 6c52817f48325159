"""Routes of the catcher, in a demo only (404 otherwise): the provider's end for text messages, and what was caught, as JSON for programs
and as a page for people.
"""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader

from services.notifications.catcher import repository
from services.notifications.catcher.schemas import CaughtList, CaughtRead, SmsAccepted, SmsIn
from services.notifications.kinds import Channel
from shared.clock import beijing_time
from shared.days import Moment
from shared.errors import NotFound
from shared.identifiers import normalise_mobile
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}


async def demo_only(runtime: RuntimeOf) -> None:
    """Outside of a demo the catcher does not exist."""
    if not runtime.settings.demo:
        raise NotFound("没有找到该地址")


router = APIRouter(
    prefix="/dev/messages", include_in_schema=False, route_class=UnitOfWorkRoute, dependencies=[Depends(demo_only)]
)


@router.post("/sms")
async def catch_sms(body: SmsIn, session: Session) -> SmsAccepted:
    """Takes a text message as a provider would; the same id again is the same message."""
    reference = await repository.keep(
        session, Channel.SMS, str(body.id), address=body.phone, subject="", text=body.text
    )
    return SmsAccepted(reference=reference)


Filter = Annotated[str, Query(max_length=200)]


@router.get("", response_model=CaughtList)
async def list_caught_messages(
    request: Request,
    session: Session,
    phone: Filter = "",
    email: Filter = "",
    contains: Filter = "",
    after: UUID | Moment | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """The newest first; ``after`` is an id already seen or a time. A browser gets a page."""
    address = normalise_mobile(phone) or email.strip()
    rows = await repository.list_caught(session, address=address, contains=contains, after=after, limit=limit)
    caught = CaughtList(items=[CaughtRead.of(row) for row in rows])
    if "text/html" not in request.headers.get("Accept", ""):
        return JSONResponse(caught.model_dump(mode="json"))
    page = _PAGES.get_template("messages.html")
    html = page.render(items=caught.items, phone=phone, contains=contains, beijing_time=beijing_time)
    return HTMLResponse(html, headers=_PAGE_HEADERS)
