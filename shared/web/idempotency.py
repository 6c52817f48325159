"""Answers kept under the caller's Idempotency-Key for a day (PLAT-03), in the transaction of what they answer: the same request again
gets the same answer, two at once act once, and a request that failed has left nothing.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Index, LargeBinary, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.db.types import EncryptedText
from shared.errors import Conflict, FieldError, InvalidInput

KEPT_FOR = timedelta(days=1)


class KeptAnswer(KitBase):
    """The answer is encrypted: it may show what only this caller may see."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index(None, "created_at"),)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    media_type: Mapped[str | None]
    location: Mapped[str | None]
    etag: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class KeyUsedOtherwise(Conflict):
    code = "idempotency_key_reused"
    detail = "该 Idempotency-Key 已用于另一个请求，请换一个"


async def kept_answer(session: AsyncSession, owner: UUID, key: str, request: Request) -> Response | None:
    """The first answer to this request, or None when it is the first; then the key is taken until the transaction ends."""
    digest = await _digest(key, request)
    taken = insert(KeptAnswer).values(owner_id=owner, key=key, request_digest=digest).on_conflict_do_nothing()
    if await session.scalar(taken.returning(KeptAnswer.key)) is not None:
        return None
    return _again(await session.get_one(KeptAnswer, (owner, key)), digest)


async def _digest(key: str, request: Request) -> bytes:
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise InvalidInput(errors=[FieldError("Idempotency-Key", "invalid_key", "应为 1 到 200 个可见字符")])
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return sha256(target + await request.body()).digest()


def _again(kept: KeptAnswer, digest: bytes) -> Response:
    if kept.request_digest != digest:
        raise KeyUsedOtherwise
    headers = {"Location": kept.location, "ETag": kept.etag, "Idempotency-Replayed": "true"}
    shown = {name: value for name, value in headers.items() if value}
    return Response(kept.body or "", kept.status or 200, shown, kept.media_type)


async def earlier_answer(session: AsyncSession, owner: UUID, key: str, request: Request) -> Response | None:
    """The first answer to this request, for whoever takes the key only with what it answers."""
    digest = await _digest(key, request)
    kept = await session.get(KeptAnswer, (owner, key))
    return _again(kept, digest) if kept else None


async def has_answer(session: AsyncSession, owner: UUID, key: str) -> bool:
    """Whether a request under this key has been answered."""
    kept = select(KeptAnswer.key).where(KeptAnswer.owner_id == owner, KeptAnswer.key == key)
    return await session.scalar(kept) is not None


async def keep_answer(session: AsyncSession, owner: UUID, key: str, answer: Response) -> None:
    """Stores the answer beside what it answers."""
    await session.execute(
        update(KeptAnswer)
        .where(KeptAnswer.owner_id == owner, KeptAnswer.key == key)
        .values(
            status=answer.status_code,
            media_type=answer.headers.get("content-type"),
            location=answer.headers.get("location"),
            etag=answer.headers.get("etag"),
            body=bytes(answer.body).decode(),
        )
    )


async def forget_key(session: AsyncSession, owner: UUID, key: str) -> None:
    """The request under this key was refused: the next one with it is a first one."""
    await session.execute(delete(KeptAnswer).where(KeptAnswer.owner_id == owner, KeptAnswer.key == key))


async def forget_old_answers(session: AsyncSession) -> None:
    """Lets go of keys older than a day."""
    await session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < func.now() - KEPT_FOR))
