"""Units of work of the routes that look at a password: they hold no connection while argon2id works, so each step takes one of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import AppError
from shared.runtime import Runtime


@asynccontextmanager
async def keeping_unit(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    """A unit of work that commits although it is left by a refusal that ``keeps`` something, such as a counted try."""
    refusal: AppError | None = None
    async with runtime.database.unit_of_work() as session:
        try:
            yield session
        except AppError as error:
            if not error.keeps:
                raise
            refusal = error
    if refusal is not None:
        raise refusal
