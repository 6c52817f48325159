"""The picture check (AUTH-10, FAQ-M9): made for one action, answered once, good for two minutes. Nothing is stored until it is answered:
the places to click travel sealed in the picture's id. Those who cannot see it take the proof of work of ``service``.
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.drawing import HEIGHT, WANTED, WIDTH, Spot, draw_picture
from services.auth.access.challenges.schemas import PictureAnswer, PictureRead, Point, ProofRead
from services.auth.access.challenges.service import ProofUsed, take_once
from services.auth.access.challenges.tickets import make_ticket
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.crypto import DecryptionFailed
from shared.db.types import field_cipher
from shared.errors import InvalidInput, TooManyRequests, Unavailable
from shared.web.limits import count_up_to

_HOUR_SECONDS = 3600
# One at a time: strangers ask for pictures, and the processor is everybody's. FreeType's fonts serve one thread at a time, too.
_TURN = asyncio.Semaphore(1)
_PATIENCE_SECONDS = 3


class PictureWrong(InvalidInput):
    """The picture is used up all the same, so that nobody tries its places one after the other."""

    code = "picture_wrong"
    detail = "点击的位置或顺序不对，请换一张再试"
    keeps = True


class PictureGone(InvalidInput):
    code = "picture_gone"
    detail = "图片已失效或已使用过，请换一张再试"


class TooManyPictures(TooManyRequests):
    code = "too_many_pictures"
    detail = "该网络地址获取图片验证的次数过多，请稍后再试"


class _Puzzle(BaseModel):
    """What is sealed in a picture's id."""

    action: Action
    expires_at: datetime
    nonce: str
    spots: tuple[Spot, ...]


async def make_picture(redis: "Redis", *, action: Action, address: str) -> PictureRead:
    """A fresh picture. Raises TooManyPictures, and Unavailable when too many wait for theirs."""
    cap = auth_settings().pictures_per_address_an_hour
    await count_up_to(redis, "pictures", address, cap=cap, seconds=_HOUR_SECONDS, refusal=TooManyPictures)
    async with _turn():
        picture = await asyncio.to_thread(draw_picture)
    seconds = auth_settings().picture_seconds
    puzzle = _Puzzle(
        action=action,
        expires_at=now_utc() + timedelta(seconds=seconds),
        nonce=secrets.token_hex(16),
        spots=picture.spots,
    )
    return PictureRead(
        id=field_cipher().encrypt(f"picture:{puzzle.model_dump_json()}").decode("ascii"),
        image=f"data:image/webp;base64,{b64encode(picture.image).decode('ascii')}",
        width=WIDTH,
        height=HEIGHT,
        characters=WANTED,
        attempts=1,
        expires_in=seconds,
    )


async def answer_picture(session: AsyncSession, answer: PictureAnswer) -> ProofRead:
    """A ticket for the picture's action. Raises PictureGone, and PictureWrong, after which the picture is gone."""
    puzzle = _read(answer.id)
    if puzzle is None or puzzle.expires_at <= now_utc():
        raise PictureGone
    try:
        await take_once(session, f"picture:{puzzle.nonce}", puzzle.expires_at)
    except ProofUsed as used:
        raise PictureGone from used
    if not _all_hit(puzzle.spots, answer.points):
        raise PictureWrong
    seconds = auth_settings().proof_seconds
    return ProofRead(proof=make_ticket(puzzle.action, seconds=seconds), action=puzzle.action, expires_in=seconds)


def _read(text: str) -> _Puzzle | None:
    try:
        kind, _, content = field_cipher().decrypt(text.encode("ascii")).partition(":")
        return _Puzzle.model_validate_json(content) if kind == "picture" else None
    except (DecryptionFailed, UnicodeEncodeError, ValidationError):
        return None


def _all_hit(spots: Sequence[Spot], points: Sequence[Point]) -> bool:
    return all(
        (point.x - spot.x) ** 2 + (point.y - spot.y) ** 2 <= spot.radius**2
        for spot, point in zip(spots, points, strict=True)
    )


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _TURN.acquire()
    except TimeoutError as error:
        raise Unavailable("获取图片验证的人较多，请稍后重试") from error
    try:
        yield
    finally:
        _TURN.release()
