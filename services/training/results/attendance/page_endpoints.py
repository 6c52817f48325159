"""The check-in's page: what a phone shows that has scanned the code on the wall (BEY-15)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from services.training.people.personnel.form import LABELS
from services.training.results.attendance import check_ins
from services.training.results.attendance.page import (
    HEADERS,
    NOTHING_TYPED,
    page_of_form,
    page_of_refusal,
    page_of_success,
)
from services.training.results.attendance.schemas import CheckInCreate
from shared.errors import AppError, FieldError, InvalidInput
from shared.runtime import Runtime
from shared.web.pages import BrokenForm, as_page
from shared.web.problems import of_validation
from shared.web.route import Handler, RuntimeOf, Session, UnitOfWorkRoute

Typed = Annotated[str, Form()]
_LABELS = {"name": LABELS["name"], "id_tail": "身份证号后六位"}
_UNSCANNED = "请重新扫描培训现场屏幕上的二维码，再填写本页"
_WRONG_TAIL = "身份证号后六位应为 6 位数字，末位可以是 X"


def _refusal(request: Request, error: AppError) -> HTMLResponse:
    runtime: Runtime = request.app.state.runtime
    request.state.refusal = error.code
    typed = getattr(request.state, "typed", NOTHING_TYPED)
    page = page_of_refusal(error, public_url=runtime.settings.public_url, typed=typed)
    headers = {**HEADERS, **({} if error.retry_after is None else {"Retry-After": str(error.retry_after)})}
    return HTMLResponse(page, error.status, headers)


class CheckInPageRoute(UnitOfWorkRoute):
    def get_route_handler(self) -> Handler:
        return as_page(super().get_route_handler(), _refusal, InvalidInput(BrokenForm.detail))


router = APIRouter(prefix="/check-in", route_class=CheckInPageRoute, include_in_schema=False)


@router.get("")
async def show_check_in_form(runtime: RuntimeOf) -> HTMLResponse:
    return HTMLResponse(page_of_form(public_url=runtime.settings.public_url), 200, HEADERS)


@router.post("")
async def check_in_by_form(
    request: Request, session: Session, runtime: RuntimeOf, token: Typed = "", name: Typed = "", id_tail: Typed = ""
) -> HTMLResponse:
    request.state.typed = {"token": token[:200], "name": name[:100], "id_tail": ""}
    body = _typed(token, name, id_tail)
    done = await check_ins.try_check_in(session, runtime, body, request.client.host if request.client else "")
    return HTMLResponse(page_of_success(done, public_url=runtime.settings.public_url), 200, HEADERS)


def _typed(token: str, name: str, id_tail: str) -> CheckInCreate:
    """Raises ``InvalidInput`` that names each field in words."""
    try:
        return CheckInCreate(token=token, name=name, id_tail=id_tail.strip())
    except ValidationError as error:
        found = of_validation(error.errors()).errors
    raise InvalidInput(errors=[_in_words(each, bool(id_tail.strip())) for each in found])


def _in_words(error: FieldError, tail_given: bool) -> FieldError:
    if error.field == "token":
        return FieldError("token", error.code, _UNSCANNED)
    if error.field == "id_tail" and tail_given:
        return FieldError("id_tail", error.code, _WRONG_TAIL)
    label = _LABELS[error.field]
    words = f"请填写{label}" if error.field == "id_tail" or error.code == "text_blank" else f"{label}：{error.message}"
    return FieldError(error.field, error.code, words)
