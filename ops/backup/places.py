"""The log of events on another server. An event's place is the number of the transaction that wrote it, and another server counts its own
from the beginning: what was written there would stand before what was restored, and nobody would read it. So a restored log is numbered
anew, all of it before anything that can be written, in the order that it had; and the bookmarks of its readers with it (ADR 29).
"""

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]
# The first number that PostgreSQL gives to any transaction: every server is past it.
FIRST = 3
_RANKED = """
CREATE TEMPORARY TABLE places ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY xid, seq) AS rank FROM events
"""
# By way of negative numbers, because the new ones may be others' old ones.
_MOVED = "UPDATE events SET xid = %s::text::xid8, seq = -places.rank FROM places WHERE places.id = events.id"
_SETTLED = "UPDATE events SET seq = -seq"
_GOES_ON = (
    "SELECT setval(pg_get_serial_sequence('events', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM events), false)"
)
# Of a log whose oldest events have gone: what is left begins behind the first number. Backups of earlier releases have no such table.
_BEGINS = """
DO $$ BEGIN
  IF to_regclass('log_beginning') IS NOT NULL THEN UPDATE log_beginning SET transaction = %s, sequence = 0; END IF;
END $$"""
# What is only told of as it comes (the inbox) and was there before the restore is told to nobody any more.
_NUMBERED = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND udt_name = 'xid8' AND table_name <> 'events'
"""
_READ = "SELECT count(*) FROM events WHERE (xid, seq) <= (%s::text::xid8, %s)"
_MARK = "UPDATE bookmarks SET transaction = %s, sequence = %s WHERE producer = %s"


def how_many_read(log: Connection, place: tuple[int, int]) -> int:
    """How many events of a log that has its old numbers stand up to ``place``."""
    row = log.execute(_READ, [str(place[0]), place[1]]).fetchone()
    assert row is not None
    return int(str(row[0]))


def number_anew(log: Connection) -> None:
    """Of a log that nobody uses; the caller commits. The log is append-only to all but its owner, who is asked here."""
    log.execute("ALTER TABLE events DISABLE TRIGGER USER")
    log.execute(_RANKED)
    log.execute(_MOVED, [str(FIRST)])
    log.execute(_SETTLED)
    log.execute(_GOES_ON)
    log.execute(sql.SQL(_BEGINS % "{}").format(FIRST))
    log.execute("ALTER TABLE events ENABLE TRIGGER USER")


def forget_places(database: Connection) -> None:
    """Numbers of transactions beside the log: rows that another server has written are older than anything there."""
    for table, column in database.execute(_NUMBERED).fetchall():
        name = sql.Identifier(str(table)), sql.Identifier(str(column))
        database.execute(sql.SQL("UPDATE {} SET {} = NULL").format(*name))


def move_bookmark(subscriber: Connection, producer: str, read: int) -> None:
    """To behind the first ``read`` events of the log as it is numbered now."""
    subscriber.execute(_MARK, [FIRST if read else 0, read, producer])
