"""Pages that a service makes itself, for phones without an account: a refusal is a page as well, and what comes before the unit of work."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.errors import AppError, InvalidInput
from shared.web.route import Handler

RefusalPage = Callable[[Request, AppError], Response]


class BrokenForm(AppError):
    status = 400
    code = "malformed_body"
    detail = "提交的内容不完整，请重新选择文件后再提交"


def after(rule: Callable[[Request], Awaitable[None]], inner: Handler) -> Handler:
    """``rule`` first, so that what it refuses takes no connection."""

    async def handle(request: Request) -> Response:
        await rule(request)
        return await inner(request)

    return handle


def as_page(inner: Handler, page: RefusalPage, missing: InvalidInput) -> Handler:
    """Each refusal through ``page``; ``missing`` is what the framework itself finds missing."""

    async def handle(request: Request) -> Response:
        try:
            return await inner(request)
        except RequestValidationError:
            return page(request, missing)
        except HTTPException as error:
            if error.status_code != 400:
                raise
            return page(request, error.__cause__ if isinstance(error.__cause__, AppError) else BrokenForm())
        except AppError as error:
            return page(request, error)

    return handle
