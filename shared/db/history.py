"""The history of every record (PLAT-04): who, when, from where, before and after, reason. Append-only; the database itself chains
a digest per record, so that a changed or missing row shows. Resident ids and phones come in masked or not at all (PLAT-05).

A change has its position in the record's chain, given out in turn: who writes the next one of a record waits for the transaction of the
one before. A view (who looked at what, PLAT-05) has none and stands beside the chain, so that looking neither waits nor is waited for;
that a view is missing shows in the signed digest of its day.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Index,
    LargeBinary,
    Select,
    UniqueConstraint,
    func,
    insert,
    literal,
    null,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PostgresUuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.db.versions import VERSION, ValuesOfVersion, of_version
from shared.identity import Actor
from shared.logging import correlation_id
from shared.wording import Word

Values = Mapping[str, Any]

# In every service's first migration; never edited, a change is a V2 in a migration of its own.
# The chain is made where the row is made, so that no writer can leave it out and one insert costs one round trip.
HISTORY_DDL_V1 = (
    """
CREATE FUNCTION history_content(h history) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(concat_ws('|', h.record_type, h.record_id, h.position, h.action, h.actor_id, h.actor_name, h.address,
    to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), h.reason, h.before::text, h.after::text), 'UTF8'))
$$""",
    """
CREATE FUNCTION history_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous history;
BEGIN
  SELECT * INTO previous FROM history
   WHERE record_type = NEW.record_type AND record_id = NEW.record_id ORDER BY position DESC LIMIT 1;
  NEW.position := coalesce(previous.position, 0) + 1;
  NEW.digest := sha256(coalesce(previous.digest, ''::bytea) || history_content(NEW));
  RETURN NEW;
END $$""",
    "CREATE TRIGGER history_chain BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_chain()",
    """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END $$""",
    "CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER events_append_only BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION append_only()",
)

# The second version of the row's own digest. Each column has a place of its own in the array, so that nothing can move from one to the
# next and NULL is no empty text; what prints differently by setting or release (times, JSON) is turned into text in one way. Rows that are
# there are sealed anew, and keep the first digest for the days that were signed with it: from then on every row has the second one, and
# there is no mark by which a row could ask for the weaker. A record's first row takes no lock, so that an import of thousands fills no
# lock table: who makes a record is alone with it, and where two begin one at once the unique position lets the later begin again.
HISTORY_DDL_V2 = (
    "ALTER TABLE history ADD COLUMN digest_v1 bytea, ALTER COLUMN position DROP NOT NULL",
    "ALTER FUNCTION history_content(history) RENAME TO history_content_v1",
    """
CREATE FUNCTION history_content(h history) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(h.id, h.record_type, h.record_id, h.position, extract(epoch FROM h.at)::text, h.action,
    h.actor_id, h.actor_name, h.address, h.reason, h.before::text, h.after::text, h.correlation_id, encode(h.digest_v1, 'hex')
    )::text, 'UTF8'))
$$""",
    """
CREATE OR REPLACE FUNCTION history_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous history;
BEGIN
  NEW.digest_v1 := NULL;
  IF NEW.position IS NOT NULL THEN
    IF EXISTS (SELECT FROM history WHERE record_type = NEW.record_type AND record_id = NEW.record_id AND position = 1) THEN
      PERFORM pg_advisory_xact_lock(hashtextextended(NEW.record_type || NEW.record_id, 0));
    END IF;
    SELECT * INTO previous FROM history
     WHERE record_type = NEW.record_type AND record_id = NEW.record_id AND position IS NOT NULL ORDER BY position DESC LIMIT 1;
    NEW.position := coalesce(previous.position, 0) + 1;
  END IF;
  NEW.digest := sha256(coalesce(previous.digest, ''::bytea) || history_content(NEW));
  RETURN NEW;
END $$""",
    "CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
    "ALTER TABLE history DISABLE TRIGGER history_append_only",
    """
DO $$
DECLARE this history; last history;
BEGIN
  FOR this IN SELECT * FROM history ORDER BY record_type, record_id, position LOOP
    this.digest_v1 := this.digest;
    IF (this.record_type, this.record_id) IS DISTINCT FROM (last.record_type, last.record_id) THEN last.digest := ''; END IF;
    this.digest := sha256(last.digest || history_content(this));
    UPDATE history SET digest = this.digest, digest_v1 = this.digest_v1 WHERE id = this.id;
    last := this;
  END LOOP;
END $$""",
    "ALTER TABLE history ENABLE TRIGGER history_append_only",
)
# The way back is open until something has been written: the first version could not say what that was.
HISTORY_DDL_V2_BACK = (
    "ALTER TABLE history ALTER COLUMN digest_v1 SET NOT NULL, ALTER COLUMN position SET NOT NULL",
    "DROP TRIGGER history_no_truncate ON history",
    "ALTER TABLE history DISABLE TRIGGER history_append_only",
    "UPDATE history SET digest = digest_v1",
    "ALTER TABLE history ENABLE TRIGGER history_append_only",
    HISTORY_DDL_V1[1].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    "DROP FUNCTION history_content(history)",
    "ALTER FUNCTION history_content_v1(history) RENAME TO history_content",
    "ALTER TABLE history DROP COLUMN digest_v1",
)
_WRITTEN = "history"
# By which the database says that two have begun one record at once.
POSITIONS = "uq_history_record_type_record_id_position"


class History(KitBase):
    """One change of one record, or one view of it. ``position`` counts a record's changes from 1 and is empty for a view; ``digest`` covers
    the row and, for a change, the digest before it; ``digest_v1`` is the first version's, of rows that were written under it.
    ``emptied_by`` is the row that tells how this one was emptied, ``content`` the digest of what it said (``shared.db.emptied``)."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id", "position"),
        Index(None, "at"),
        Index("ix_history_full_at", "at", postgresql_where=text("emptied_by IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    record_id: Mapped[UUID]
    position: Mapped[int | None] = mapped_column(server_default="0")
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    action: Mapped[str]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    address: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(ValuesOfVersion)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    correlation_id: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''::bytea"))
    digest_v1: Mapped[bytes | None] = mapped_column(LargeBinary)
    emptied_by: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class RecordType:
    """What a history is of, under the ``name`` by which its rows are found again. Where the record has a workflow, that is its type.
    ``words`` are the fields that its rows name, filled by whoever defines what is written there."""

    name: str
    words: dict[str, Word] = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    def note(
        self,
        session: AsyncSession,
        record_id: UUID,
        action: str,
        *,
        actor: Actor,
        before: Values | None = None,
        after: Values | None = None,
        reason: str | None = None,
        version: int | None = None,
    ) -> None:
        """Adds one row to the record's history, in the caller's transaction. Values are JSON-ready and hold no secret in clear. The
        ``version`` on which the change is made is known by itself of records that are ``Versioned`` and whose key is ``record_id``."""
        self._written(session).add(record_id)
        session.add(
            History(
                record_type=self.name,
                record_id=record_id,
                reason=reason,
                before=of_version(before, version) if version is not None or before is not None else None,
                after=dict(after) if after is not None else None,
                **_by(actor, action),
            )
        )

    def note_view(
        self, session: AsyncSession, record_id: UUID, action: str, *, actor: Actor, after: Values | None = None
    ) -> None:
        """Remembers that the actor was shown what the record keeps in clear, ``after`` saying which part (PLAT-05)."""
        self._written(session).add(record_id)
        told = dict(after) if after is not None else None
        session.add(
            History(record_type=self.name, record_id=record_id, position=null(), after=told, **_by(actor, action))
        )

    def note_shown(self, session: AsyncSession, record_id: UUID, action: str = "view_full", *, actor: Actor) -> None:
        """For whatever answers with the record in clear: a full view, unless this unit of work has written a row of the record anyway.
        Who changes a record and is answered with it stands there already; who sends a change of nothing does not."""
        if record_id not in self._written(session):
            self.note_view(session, record_id, action, actor=actor)

    def _written(self, session: AsyncSession) -> set[UUID]:
        written: dict[str, set[UUID]] = session.info.setdefault(_WRITTEN, {})
        return written.setdefault(self.name, set())

    async def note_views(
        self,
        session: AsyncSession,
        record_ids: Sequence[UUID],
        action: str,
        *,
        actor: Actor,
        after: Values | None = None,
    ) -> None:
        """A view of each of these records by one statement; some thousand at a time."""
        values = {"record_type": self.name, **_by(actor, action)}
        ids = func.unnest(literal(list(record_ids), ARRAY(PostgresUuid)))
        told = null() if after is None else literal(dict(after), JSONB)
        rows = select(ids, null(), told, *(literal(value) for value in values.values()))
        columns = ["record_id", "position", "after", *values]
        await session.execute(insert(History).from_select(columns, rows, include_defaults=False))


def _by(actor: Actor, action: str) -> dict[str, Any]:
    return {
        "action": action,
        "actor_id": actor.account_id,
        "actor_name": f"{actor.organisation_name} {actor.person_name}".strip(),
        "address": actor.address,
        "correlation_id": correlation_id.get(),
    }


async def changes_of(session: AsyncSession, record_type: RecordType, record_id: UUID) -> list[History]:
    """The record's changes alone, in the order of its chain."""
    changes = _of(record_type, record_id).where(History.position.is_not(None)).order_by(History.position)
    return list((await session.scalars(changes)).all())


async def changes_on(
    session: AsyncSession, record_type: RecordType, record_id: UUID, version: int
) -> Sequence[History]:
    """The changes that were made on this version of the record or a later one, oldest first."""
    made_on = type_coerce(History.before, JSONB)[VERSION].as_integer()
    later = _of(record_type, record_id).where(History.position.is_not(None), made_on >= version)
    return (await session.scalars(later.order_by(History.position))).all()


async def history_of(session: AsyncSession, record_type: RecordType, record_id: UUID) -> list[History]:
    """The record's changes and who looked at it, oldest first. The caller has already made sure that the record may be seen."""
    changes = await changes_of(session, record_type, record_id)
    views = _of(record_type, record_id).where(History.position.is_(None)).order_by(History.id)
    return list(heapq.merge(changes, (await session.scalars(views)).all(), key=lambda row: row.at))


def _of(record_type: RecordType, record_id: UUID) -> Select[History]:
    return select(History).where(History.record_type == record_type.name, History.record_id == record_id)


# In each version: the chain of changes, and each view by itself. NULL compares as itself, lest a digest that was taken out passes. A row
# whose content went is checked by the digest of that content; its first digest, of which nothing else is left, is covered by the second.
_BROKEN = text("""
SELECT h.record_type, h.record_id, h.position FROM (
  SELECT *, lag(digest, 1, ''::bytea) OVER chain AS previous, lag(digest_v1, 1, ''::bytea) OVER chain AS previous_v1,
         row_number() OVER chain AS expected
    FROM history WHERE position IS NOT NULL WINDOW chain AS (PARTITION BY record_type, record_id ORDER BY position)
  UNION ALL
  SELECT *, ''::bytea, NULL, NULL FROM history WHERE position IS NULL) h
  JOIN history plain ON plain.id = h.id
 WHERE h.digest IS DISTINCT FROM
       sha256(h.previous || CASE WHEN h.emptied_by IS NULL THEN history_content(plain) ELSE h.content END)
    OR h.position IS DISTINCT FROM h.expected OR (h.emptied_by IS NULL) <> (h.content IS NULL)
    OR h.emptied_by IS NULL AND h.digest_v1 IS NOT NULL AND h.digest_v1 IS DISTINCT FROM sha256(h.previous_v1 || history_content_v1(plain))
 ORDER BY h.id LIMIT 100""")


async def broken_history(session: AsyncSession) -> list[tuple[str, UUID, int | None]]:
    """Places where a row was changed or taken out behind the platform's back: (record type, record id, position; none for a view)."""
    return [(row[0], row[1], row[2]) for row in await session.execute(_BROKEN)]
