"""What is the same for every public route: a caller is counted before anything is done, and on pages a refusal is a page as well."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from services.certificates.checks.page import HEADERS, NOTHING_TYPED, page_of_refusal
from services.certificates.checks.rate import within_file_rate, within_rate
from shared.clock import now_utc
from shared.errors import AppError, FieldError, InvalidInput
from shared.messages import NO_FILE
from shared.runtime import Runtime
from shared.web.pages import after, as_page
from shared.web.route import Handler, UnitOfWorkRoute

# Of a page's input, the framework looks at the file alone.
_NO_FILE = InvalidInput(errors=[FieldError("file", "missing", NO_FILE)])


def keep_typed(request: Request, **typed: str) -> None:
    """What stands in the fields of the page again when it says why there is no answer."""
    request.state.typed = {name: text.replace("\0", "")[:100] for name, text in typed.items()}


def _refusal(request: Request, error: AppError) -> HTMLResponse:
    runtime: Runtime = request.app.state.runtime
    request.state.refusal = error.code
    typed = getattr(request.state, "typed", NOTHING_TYPED)
    page = page_of_refusal(error, public_url=runtime.settings.public_url, now=now_utc(), typed=typed)
    headers = {**HEADERS, **({} if error.retry_after is None else {"Retry-After": str(error.retry_after)})}
    return HTMLResponse(page, error.status, headers)


class CheckRoute(UnitOfWorkRoute):
    """A look-up. It is counted before it takes a connection, so that a flood takes none."""

    def get_route_handler(self) -> Handler:
        return after(within_rate, super().get_route_handler())


class FileRoute(APIRoute):
    """A file is counted before it is taken in. Not a unit of work: to read it takes seconds, and nothing of it may be kept, not even under
    an Idempotency-Key."""

    def get_route_handler(self) -> Handler:
        return after(within_file_rate, super().get_route_handler())


class CheckPageRoute(CheckRoute):
    def get_route_handler(self) -> Handler:
        return as_page(super().get_route_handler(), _refusal, _NO_FILE)


class FilePageRoute(FileRoute):
    def get_route_handler(self) -> Handler:
        return as_page(super().get_route_handler(), _refusal, _NO_FILE)
