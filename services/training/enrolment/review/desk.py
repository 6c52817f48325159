"""The review desk around a registration: opening it, who else is at it, and the phrases of 退回 (STAFF-02, STAFF-03)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.repository import require_registration
from services.training.enrolment.registrations.workflow import REGISTRATION
from services.training.enrolment.review import desk_repository
from services.training.enrolment.review.desk_schemas import Colleague, PhraseCreate, PhraseRead, ReviewOpened
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.clock import now_utc
from shared.db.history import RecordType
from shared.errors import Conflict, NotFound
from shared.identity import Actor
from shared.wording import words_of

# Without a sign of life for so long nobody is at it any more.
LAPSES = timedelta(minutes=2)
MOST_PHRASES = 100
PHRASE = RecordType("return_phrase", words=words_of(PhraseCreate))


class PhraseStored(Conflict):
    code = "phrase_stored"
    detail = "这句话已经存好，可直接选用"


class TooManyPhrases(Conflict):
    code = "too_many_phrases"
    detail = f"最多存 {MOST_PHRASES} 句，请先删除不用的"


async def open_review(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> ReviewOpened:
    """The reviewer is at it now: the numbers in clear, the look remembered (PLAT-05), and who else is at it. Raises ``NotFound``."""
    registration = await require_registration(session, actor, registration_id)
    REGISTRATION.note_shown(session, registration.id, actor=actor)
    EMPLOYMENT.note_shown(session, registration.staff_id, actor=actor)
    return ReviewOpened.of(
        registration.staff,
        recipient_phone=registration.recipient_phone,
        colleagues=await _sign_of_life(session, actor, registration_id, now_utc()),
    )


async def stay(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> list[Colleague]:
    """A sign of life, every minute or so. Raises ``NotFound``."""
    await require_registration(session, actor, registration_id)
    return await _sign_of_life(session, actor, registration_id, now_utc())


async def leave(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> None:
    """The reviewer has gone elsewhere."""
    await desk_repository.stop_reviewing(session, actor, registration_id)


async def _sign_of_life(session: AsyncSession, actor: Actor, registration_id: UUID, now: datetime) -> list[Colleague]:
    after = now - LAPSES
    await desk_repository.note_reviewing(session, actor, registration_id, now, after)
    others = await desk_repository.others_at(session, actor, registration_id, after)
    return [Colleague(name=each.person_name, since=each.began_at) for each in others]


async def phrases(session: AsyncSession) -> Sequence[PhraseRead]:
    """All of them, for the list beside the message."""
    return [PhraseRead.of(each) for each in await desk_repository.list_phrases(session)]


async def store_phrase(session: AsyncSession, *, actor: Actor, body: PhraseCreate) -> PhraseRead:
    """Raises ``PhraseStored``, ``TooManyPhrases``."""
    if await desk_repository.count_phrases(session) >= MOST_PHRASES:
        raise TooManyPhrases
    row = await desk_repository.add_phrase(session, body.kind, body.text)
    if row is None:
        raise PhraseStored
    PHRASE.note(session, row.id, "create", actor=actor, after=body.model_dump(mode="json"))
    return PhraseRead.of(row)


async def remove_phrase(session: AsyncSession, *, actor: Actor, phrase_id: UUID) -> None:
    """Raises ``NotFound``."""
    row = await desk_repository.remove_phrase(session, phrase_id)
    if row is None:
        raise NotFound
    PHRASE.note(session, phrase_id, "delete", actor=actor, before={"kind": row.kind.value, "text": row.text})
