"""Where a mail's own button, or its reader, ends a kind of mail (RFC 8058): signed in or not, since whoever has the mail has the link.
Looking changes nothing, because programs look at every link of a mail.
"""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from services.notifications.preferences import service
from shared.web.route import Session, UnitOfWorkRoute

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
router = APIRouter(prefix="/api/notifications/unsubscribe", include_in_schema=False, route_class=UnitOfWorkRoute)


def _page(label: str, *, left: bool) -> HTMLResponse:
    return HTMLResponse(_PAGES.get_template("leaving.html").render(label=label, left=left), headers=_HEADERS)


@router.get("/{token}")
async def ask_to_leave(token: str, session: Session) -> HTMLResponse:
    """What would end, with a button."""
    return _page((await service.mail_of(session, token))[1].label, left=False)


@router.post("/{token}")
async def leave(token: str, session: Session) -> HTMLResponse:
    """Ends it."""
    return _page((await service.leave(session, token)).label, left=True)
