"""What a sign-in reads from a browser and leaves in it: the device, and the cookie. A program has its token from the answer."""

from typing import Annotated

from fastapi import Depends, Request, Response

from services.auth.access.sessions.devices import Device
from services.auth.access.sessions.schemas import SignedInRead
from services.auth.settings import auth_settings
from shared.settings import platform_settings
from shared.web.callers import COOKIE, CrossSite, cookie_name


async def _device(request: Request) -> Device:
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        raise CrossSite  # another site could sign its visitor in as somebody else
    return Device(request.headers.get("User-Agent", ""), request.client.host if request.client else "")


# Where a sign-in comes from; refuses what another web site sends.
DeviceOf = Annotated[Device, Depends(_device)]


def hand_over(response: Response, answer: SignedInRead) -> SignedInRead:
    """The answer to a sign-in, with its token in a cookie that no script reads."""
    response.headers["Location"] = "/api/auth/sessions/current"
    if cookie_name() != COOKIE:  # its name before the platform was reached by https
        response.delete_cookie(COOKIE, path="/")
    response.set_cookie(
        cookie_name(),
        answer.token,
        max_age=auth_settings().session_hours * 3600,
        path="/",
        secure=platform_settings().secure_cookie,
        httponly=True,
        samesite="strict",
    )
    return answer


def let_go(response: Response) -> None:
    """Takes the cookie back, under both of its names."""
    for name in {COOKIE, cookie_name()}:
        response.delete_cookie(name, path="/", secure=name != COOKIE, httponly=True, samesite="strict")
