"""Refusals that tell somebody of a wrong guess, whatever was guessed at: each counts for the address that it came from. With them the
proofs of that address become dearer, and after thirty of them within an hour it signs nobody in (X20).
"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.auth.access.codes.service import WrongCode
from services.auth.access.guesses.service import count_failure
from services.auth.access.phones.old_numbers import OldPhoneWrong
from services.auth.desks.applications.repository import NumberUnknown
from services.auth.desks.cases.service import CaseUnknown
from services.auth.desks.enterprises.refusals import LegacyMismatch, SignUpCodeRefused
from shared.errors import AppError
from shared.web.problems import of_app_error

# A wrong password is counted where it is judged, because some of its refusals say something else.
GUESSES: tuple[type[AppError], ...] = (
    WrongCode,
    OldPhoneWrong,
    SignUpCodeRefused,
    LegacyMismatch,
    NumberUnknown,
    CaseUnknown,
)


async def _count(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    await count_failure(request.app.state.runtime.redis, request.client.host if request.client else "")
    return of_app_error(error)


def count_failures(app: FastAPI) -> None:
    """From now on each of these is counted as it leaves."""
    handler: Callable[[Request, Exception], Awaitable[JSONResponse]] = _count
    for guess in GUESSES:
        app.add_exception_handler(guess, handler)
