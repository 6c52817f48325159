"""The history of every record (PLAT-04): who, when, from where, before and after, reason. Append-only; the database itself chains
a digest per record, so that a changed or missing row shows. Resident ids and phones come in masked or not at all (PLAT-05).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PostgresUuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.identity import Actor
from shared.logging import correlation_id

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


class History(KitBase):
    """One change of one record. ``position`` counts from 1 per record; ``digest`` covers the row and the digest before it."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("record_type", "record_id", "position"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    record_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(server_default="0")
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    action: Mapped[str]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    address: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    correlation_id: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''::bytea"))


@dataclass(frozen=True)
class RecordType:
    """What a history is of, under the ``name`` by which its rows are found again. Where the record has a workflow, that is its type."""

    name: str

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
    ) -> None:
        """Adds one row to the record's history, in the caller's transaction. Values are JSON-ready and hold no secret in clear."""
        session.add(
            History(
                record_type=self.name,
                record_id=record_id,
                reason=reason,
                before=dict(before) if before is not None else None,
                after=dict(after) if after is not None else None,
                **_by(actor, action),
            )
        )

    async def note_all(self, session: AsyncSession, record_ids: Sequence[UUID], action: str, *, actor: Actor) -> None:
        """One row for each of these records, all different, by one statement; some thousand at a time."""
        values = {"record_type": self.name, **_by(actor, action)}
        ids = func.unnest(literal(list(record_ids), ARRAY(PostgresUuid)))
        rows = select(ids, *(literal(value) for value in values.values()))
        await session.execute(insert(History).from_select(["record_id", *values], rows, include_defaults=False))


def _by(actor: Actor, action: str) -> dict[str, Any]:
    return {
        "action": action,
        "actor_id": actor.account_id,
        "actor_name": f"{actor.organisation_name} {actor.person_name}".strip(),
        "address": actor.address,
        "correlation_id": correlation_id.get(),
    }


async def history_of(session: AsyncSession, record_type: RecordType, record_id: UUID) -> list[History]:
    """The record's changes, oldest first. The caller has already made sure that the record may be seen."""
    rows = await session.scalars(
        select(History)
        .where(History.record_type == record_type.name, History.record_id == record_id)
        .order_by(History.position)
    )
    return list(rows)


_BROKEN = text("""
SELECT h.record_type, h.record_id, h.position FROM (
  SELECT *, lag(digest, 1, ''::bytea) OVER chain AS previous, row_number() OVER chain AS expected
    FROM history WINDOW chain AS (PARTITION BY record_type, record_id ORDER BY position)) h
  JOIN history plain ON plain.id = h.id
 WHERE h.digest <> sha256(h.previous || history_content(plain)) OR h.position <> h.expected
 ORDER BY h.id LIMIT 100""")


async def broken_history(session: AsyncSession) -> list[tuple[str, UUID, int]]:
    """Places where a row was changed or taken out behind the platform's back: (record type, record id, position)."""
    return [(row[0], row[1], row[2]) for row in await session.execute(_BROKEN)]
