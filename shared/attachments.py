"""Uploaded files: checked by content, stored under a key of our own, first unclaimed, then claimed by the record that refers to them
(PLAT-07). Whether somebody may see a file is decided by the record, in the service that owns it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Index, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now_utc
from shared.db.base import Keyed, KitBase, Timed
from shared.db.history import RecordType
from shared.errors import FieldError, InvalidInput, TooManyRequests
from shared.identifiers import first_of, new_id
from shared.identity import Actor
from shared.quotas import BYTES, tell
from shared.services import Service
from shared.settings import platform_settings
from shared.storage import Storage
from shared.uploads import CheckedFile

UNCLAIMED = RecordType("attachment")
VIEW_FILE = "view_file"
# Where a form names its files.
FIELD = "attachment_ids"
DAY = timedelta(days=1)
UNCLAIMED_FOR = DAY


class Attachment(Keyed, Timed, KitBase):
    """``record_type`` and ``record_id`` say whose it is; both empty while nobody has claimed it."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "record_type", "record_id"),)

    owner_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    storage_key: Mapped[str]
    record_type: Mapped[str | None]
    record_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default="", server_default="")


class UploadsUsedUp(TooManyRequests):
    """PLAT-07: a disk is everybody's."""

    code = "uploads_used_up"

    def __init__(self, most_mb: int) -> None:
        words = f"24 小时内上传的文件合计已达上限（{most_mb} MB），请压缩后再上传，或明天再上传"
        super().__init__(words, retry_after=round(DAY.total_seconds()))


async def store(
    session: AsyncSession,
    storage: Storage,
    service: Service,
    file: CheckedFile,
    actor: Actor,
    *,
    most_mb: int | None = None,
) -> Attachment:
    """Keeps a checked file, unclaimed. The bytes are safe before the row is; a row that never comes leaves a file to be swept. Raises
    UploadsUsedUp when that would be more than ``most_mb`` of the actor's organisation within a day; without it the platform's setting."""
    most_mb = most_mb or platform_settings().uploads_a_day_mb
    own = new_id()
    key = f"{service}/attachments/{own}"
    await storage.put(key, file.data, file.content_type)
    # Only now: whoever waits here for the organisation's other uploads waits for no store.
    used, most = await _put_up_lately(session, actor.organisation_id) + len(file.data), most_mb * 1024 * 1024
    day = round(DAY.total_seconds())
    tell("uploads", most=most, seconds=day, used=min(used, most), left=day, unit=BYTES)
    if used > most:
        await storage.delete(key)
        raise UploadsUsedUp(most_mb)
    row = Attachment(
        id=own,
        owner_id=actor.account_id,
        organisation_id=actor.organisation_id,
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        storage_key=key,
    )
    session.add(row)
    await session.flush()
    return row


async def _put_up_lately(session: AsyncSession, organisation_id: UUID) -> int:
    """Bytes that this organisation has put up within a day, kept or not; its next upload waits until this transaction ends. The ids are in
    the order of time, so that only the day's are looked at."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"uploads:{organisation_id}", 0))
    await session.execute(select(lock))
    mine = Attachment.organisation_id == organisation_id, Attachment.id >= first_of(now_utc() - DAY)
    return await session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(*mine)) or 0


async def claim(
    session: AsyncSession,
    record_type: RecordType,
    record_id: UUID,
    ids: Sequence[UUID],
    *,
    actor: Actor,
    field: str,
    kind: str = "",
) -> None:
    """Makes the files ``record``'s own. Raises ``InvalidInput`` at ``field`` for a file that is not the actor's or has an owner."""
    wanted = set(ids)
    mine = update(Attachment).where(
        Attachment.id.in_(wanted),
        Attachment.organisation_id == actor.organisation_id,
        (Attachment.record_id.is_(None)) | (Attachment.record_id == record_id),
    )
    claimed = await session.scalars(
        mine.values(record_type=record_type.name, record_id=record_id, kind=kind).returning(Attachment.id)
    )
    if wanted - set(claimed):
        raise InvalidInput(errors=[FieldError(field, "attachment_unknown", "附件不存在或已过期，请重新上传")])


async def copy_files(
    session: AsyncSession,
    storage: Storage,
    service: Service,
    record_type: RecordType,
    *,
    source: UUID,
    target: UUID,
    actor: Actor,
) -> list[UUID]:
    """``target`` gets files of its own that are like those of ``source``, another record of the same type; their ids. Whether the actor
    may have them has been decided."""
    made = []
    for each in await of_record(session, record_type, [source]):
        own = new_id()
        key = f"{service}/attachments/{own}"
        await storage.copy(each.storage_key, key)
        session.add(
            Attachment(
                id=own,
                owner_id=actor.account_id,
                organisation_id=actor.organisation_id,
                name=each.name,
                content_type=each.content_type,
                size=each.size,
                storage_key=key,
                record_type=record_type.name,
                record_id=target,
                kind=each.kind,
            )
        )
        made.append(own)
    await session.flush()
    return made


def remember_look(session: AsyncSession, file: Attachment, actor: Actor) -> None:
    """Whoever is shown the file stands in the history of the record that it belongs to; for one that nobody has claimed, in its own
    (PLAT-05). Its name is left out, which may hold what the file does."""
    of = RecordType(file.record_type) if file.record_type else UNCLAIMED
    told = {"file_id": str(file.id), "kind": file.kind}
    of.note_view(session, file.record_id or file.id, VIEW_FILE, actor=actor, after=told)


async def of_record(session: AsyncSession, record_type: RecordType, record_ids: Iterable[UUID]) -> Sequence[Attachment]:
    """The files of these records, oldest first."""
    found = await session.scalars(
        select(Attachment)
        .where(Attachment.record_type == record_type.name, Attachment.record_id.in_(list(record_ids)))
        .order_by(Attachment.id)
    )
    return found.all()


async def keep_exactly(
    session: AsyncSession, record_type: RecordType, record_id: UUID, ids: Sequence[UUID], *, actor: Actor, field: str
) -> None:
    """Exactly these files are the record's; the others are let go and swept. Raises ``InvalidInput`` as ``claim`` does."""
    present = await of_record(session, record_type, [record_id])
    for gone in (each for each in present if each.id not in ids):
        gone.record_type = gone.record_id = None
    fresh = set(ids) - {each.id for each in present}
    if fresh:
        await claim(session, record_type, record_id, list(fresh), actor=actor, field=field)


async def keep_of_kind(
    session: AsyncSession,
    record_type: RecordType,
    record_id: UUID,
    ids: Sequence[UUID],
    *,
    kind: str,
    labels: Mapping[str, str],
    actor: Actor,
) -> list[UUID]:
    """Exactly these files are the record's of that kind, one of ``labels`` {kind: label}; the others of it are let go and swept. Returns
    those that it had before. Raises ``InvalidInput`` for files that cannot be had, or serve as another kind already."""
    present = await of_record(session, record_type, [record_id])
    taken = next((each for each in present if each.kind in labels and each.kind != kind and each.id in ids), None)
    if taken is not None:
        reason = f"该文件已用作“{labels[taken.kind]}”，请另行上传"
        raise InvalidInput(errors=[FieldError(FIELD, "attachment_of_other_kind", reason)])
    before = [each for each in present if each.kind == kind]
    for gone in (each for each in before if each.id not in ids):
        gone.record_type = gone.record_id = None
    await session.flush()
    await claim(session, record_type, record_id, ids, actor=actor, field=FIELD, kind=kind)
    return [each.id for each in before]


async def sweep_unclaimed(session: AsyncSession, storage: Storage) -> None:
    """Lets go of files that no record claimed within a day."""
    old = Attachment.created_at < func.now() - UNCLAIMED_FOR
    gone = delete(Attachment).where(Attachment.record_id.is_(None), old).returning(Attachment.storage_key)
    for key in await session.scalars(gone):
        await storage.delete(key)
