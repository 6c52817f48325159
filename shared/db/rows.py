"""Rows with names: what a statement of several columns selects or returns, as the NamedTuple that its reader is typed by."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TypedReturnsRows

N = TypeVar("N")
Ts = TypeVarTuple("Ts")


async def named_rows(session: AsyncSession, statement: TypedReturnsRows[*Ts], row: Callable[[*Ts], N]) -> list[N]:
    """Every row of ``statement``, its columns handed to ``row`` in their order."""
    return [row(*found) for found in (await session.execute(statement)).all()]
