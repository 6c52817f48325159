"""A rule of routes that anybody may call: an address that has failed too often waits, before anything is looked up for it."""

from fastapi import Depends, Request

from services.auth.access.guesses.service import refuse_busy_address


async def _unsuspected(request: Request) -> None:
    await refuse_busy_address(request.app.state.runtime.redis, request.client.host if request.client else "")


# Raises AddressTooBusy.
FEW_FAILURES = Depends(_unsuspected)
