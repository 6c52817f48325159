"""The signed daily digest of a service's history (PLAT-04): one row a day over all its history rows, chained day by day, so that also what
the chain of a single record cannot show (its last rows taken out, a whole record gone) shows. Rows later than the last digest are not
covered yet. Who may read a history is no business of this module.

Which rows belong to a day. Days are Beijing's. A digest covers a range of ids, from the last id of the digest before it to the highest id
that was stamped before the day's end. Ids are given when a row is written and not when it is committed, so that a slow transaction could
still bring a row into a range that has been signed. Therefore the digest is made of settled ids only: a SHARE lock on the table, held for
the moment of one ``max(id)``, waits for every transaction that has written to it and lets no other begin; an insert takes its own lock
before it is given an id. So nothing up to that id can appear any more. A row that was stamped before midnight and written by a clock that
went back, or in any other way late, has a higher id and belongs to a later digest. When a long transaction does not let go in time, nothing
is made and the next hour tries again.

Digests of version 2 are over the second version of the rows' own. They begin anew with the day of the oldest row, chained to the last
digest of version 1, so that what was sealed with the weaker one is signed with the stronger; those of version 1 stay and stay checked. The
version is in what is signed.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary, SmallInteger, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import beijing_today, end_of_beijing_day
from shared.crypto import key_id
from shared.db.base import KitBase
from shared.db.emptied import broken_emptyings
from shared.db.history import History, broken_history
from shared.db.session import Database
from shared.errors import Unavailable
from shared.logging import get_logger

# In one migration of every service; never edited, a change is a V2 in a migration of its own.
DIGESTS_DDL_V1 = (
    "CREATE TRIGGER history_digests_append_only BEFORE UPDATE OR DELETE ON history_digests"
    " FOR EACH ROW EXECUTE FUNCTION append_only()"
)
DIGESTS_DDL_V2 = (
    "ALTER TABLE history_digests ADD COLUMN version smallint NOT NULL DEFAULT 1",
    "ALTER TABLE history_digests ALTER COLUMN version DROP DEFAULT",
    "ALTER TABLE history_digests DROP CONSTRAINT pk_history_digests, ADD CONSTRAINT pk_history_digests PRIMARY KEY (version, day)",
    "CREATE TRIGGER history_digests_no_truncate BEFORE TRUNCATE ON history_digests"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
)
DIGESTS_DDL_V2_BACK = (
    "DROP TRIGGER history_digests_no_truncate ON history_digests",
    "ALTER TABLE history_digests DROP CONSTRAINT pk_history_digests, ADD CONSTRAINT pk_history_digests PRIMARY KEY (day)",
    "ALTER TABLE history_digests DROP COLUMN version",
)
VERSION = 2
# Housekeeping looks once an hour; a day that has no digest after twice that time has lost it.
LATEST_AFTER = timedelta(hours=2)
_BEFORE_ALL = -(2**63)
_PURPOSE = b"history digests v1"
_SIGNATURE_BYTES = 64
# Writers queue behind a lock that is waited for.
_LOCK_TIMEOUT = "3s"
log = get_logger(__name__)


class HistoryDigest(KitBase):
    """``digest`` is over the one of the day before and, by id, each row's id and digest; ``rows`` counts them."""

    __tablename__ = "history_digests"

    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    rows: Mapped[int]
    last_history_id: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Sum:
    """What a range of history rows comes to."""

    rows: int
    digest: bytes


@dataclass(frozen=True)
class DigestKey:
    """One of the platform's signing keys, made into one for this purpose alone. ``name`` stands in front of each signature and is in what
    is signed; a signature of earlier releases has none."""

    name: bytes
    private: Ed25519PrivateKey

    @classmethod
    def read_all(cls, signing_key: tuple[str, ...]) -> "tuple[DigestKey, ...]":
        """The first signs, every one verifies."""
        return tuple(map(cls._made_from, signing_key))

    @classmethod
    def _made_from(cls, secret: str) -> "DigestKey":
        derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode())
        return cls(bytes.fromhex(key_id("signing", secret)), Ed25519PrivateKey.from_private_bytes(derived))

    def sign(self, signed: bytes) -> bytes:
        return self.name + self.private.sign(self.name + signed)

    def has_signed(self, signature: bytes, signed: bytes) -> bool:
        named = len(signature) > _SIGNATURE_BYTES
        if named and not signature.startswith(self.name):
            return False
        try:
            given, text = (signature[len(self.name) :], self.name + signed) if named else (signature, signed)
            self.private.public_key().verify(given, text)
        except InvalidSignature:
            return False
        return True


def signed_text(service: str, row: HistoryDigest) -> bytes:
    """What the signature is over: also the service, so that no digest serves in another's place, and from the second on the version."""
    told = f"{service}|{row.day.isoformat()}|{row.rows}|{row.last_history_id}|{row.digest.hex()}"
    return (told if row.version == 1 else f"v{row.version}|{told}").encode()


_SUM = """
SELECT count(*), sha256(CAST(:previous AS bytea) || coalesce(string_agg(int8send(id) || digest, ''::bytea ORDER BY id), ''::bytea))
  FROM history WHERE id > :after AND id <= :to"""
_SUMS = {1: text(_SUM.replace("|| digest", "|| digest_v1")), VERSION: text(_SUM)}


async def sum_of(session: AsyncSession, previous: bytes, after: int, to: int, version: int = VERSION) -> Sum:
    """The rows with ``after < id <= to``, chained to the digest ``previous`` (empty for the first)."""
    row = (await session.execute(_SUMS[version], {"previous": previous, "after": after, "to": to})).one()
    return Sum(rows=row[0], digest=bytes(row[1]))


async def settled_id(session: AsyncSession) -> int:
    """The highest id of the history; no row with it or a lower one can appear any more. Commit at once: it holds up every writer."""
    await session.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
    await session.execute(text("LOCK TABLE history IN SHARE MODE"))
    return await session.scalar(select(func.coalesce(func.max(History.id), 0))) or 0


async def next_day(session: AsyncSession, now: datetime, since: int = VERSION) -> date | None:
    """The earliest day that is over and has no digest of version ``since`` or later; None when there is none. The first is that of the
    oldest row."""
    last = await session.scalar(select(func.max(HistoryDigest.day)).where(HistoryDigest.version >= since))
    oldest = await session.scalar(select(func.min(History.at))) if last is None else None
    if last is None and oldest is None:
        return None
    day = last + timedelta(days=1) if last is not None else beijing_today(oldest or now)
    return day if day < beijing_today(now) else None


async def close_day(session: AsyncSession, *, service: str, day: date, settled: int, key: DigestKey) -> None:
    """Adds the digest of ``day`` to the chain, of rows up to the id ``settled``."""
    # One at a time; readers are not held up.
    await session.execute(text("LOCK TABLE history_digests IN SHARE ROW EXCLUSIVE MODE"))
    before = await last_digest(session)
    follows = before is not None and before.version == VERSION
    if before is not None and follows and before.day >= day:
        return
    after = before.last_history_id if before is not None and follows else _BEFORE_ALL
    of_the_day = select(func.max(History.id)).where(
        History.id > after, History.id <= settled, History.at <= end_of_beijing_day(day)
    )
    last = await session.scalar(of_the_day)
    to = after if last is None else last
    whole = await sum_of(session, before.digest if before else b"", after, to)
    row = HistoryDigest(version=VERSION, day=day, rows=whole.rows, last_history_id=to, digest=whole.digest)
    row.signature = key.sign(signed_text(service, row))
    session.add(row)


async def last_digest(session: AsyncSession) -> HistoryDigest | None:
    """The one that the next is chained to."""
    newest = select(HistoryDigest).order_by(HistoryDigest.version.desc(), HistoryDigest.day.desc())
    return await session.scalar(newest.limit(1))


async def close_days(database: Database, *, service: str, signing_key: tuple[str, ...], now: datetime) -> None:
    """A digest for every day that is over and has none (PLAT-04). Leaves it to the next hour when the history is in use for too long."""
    key = DigestKey.read_all(signing_key)[0]
    async with database.unit_of_work() as session:
        day = await next_day(session, now)
    if day is None:
        return
    try:
        async with database.unit_of_work() as session:
            settled = await settled_id(session)
    except Unavailable as error:
        log.info("history_in_use", error=repr(error.__cause__))
        return
    while day is not None:
        async with database.unit_of_work() as session:
            await close_day(session, service=service, day=day, settled=settled, key=key)
        async with database.unit_of_work() as session:
            day = await next_day(session, now)


async def broken_digests(
    session: AsyncSession, *, service: str, keys: tuple[DigestKey, ...], now: datetime
) -> AsyncIterator[str]:
    """What is wrong with the digests, a line each: a wrong signature, rows that are not what was signed, a day without a digest."""
    before: HistoryDigest | None = None
    for row in await session.scalars(select(HistoryDigest).order_by(HistoryDigest.version, HistoryDigest.day)):
        follows = before is not None and before.version == row.version
        if before is not None and follows and row.day != before.day + timedelta(days=1):
            yield f"digest missing between {before.day} and {row.day}"
        signed = signed_text(service, row)
        if not any(key.has_signed(row.signature, signed) for key in keys):
            yield f"digest of {row.day}: wrong signature"
        after = before.last_history_id if before is not None and follows else _BEFORE_ALL
        found = await sum_of(session, before.digest if before else b"", after, row.last_history_id, row.version)
        if (found.rows, found.digest) != (row.rows, row.digest):
            yield f"digest of {row.day}: history changed, {row.rows} rows signed, {found.rows} found"
        before = row
    missing = await next_day(session, now - LATEST_AFTER, since=1)
    if missing is not None:
        yield f"digest of {missing} missing"


async def broken_records(session: AsyncSession) -> list[str]:
    """Places where the chain of one record is broken, or a view of it was changed; what was emptied too early, or is not as it was left; a
    line each."""
    records = [
        f"record {kind} {record_id}: "
        + ("view changed" if position is None else f"history broken at position {position}")
        for kind, record_id, position in await broken_history(session)
    ]
    return records + [f"emptying {told}: rows not as they were left" for told in await broken_emptyings(session)]
