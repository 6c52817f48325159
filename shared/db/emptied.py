"""Histories after their legal time (PLAT-04, PLAT-19, ADR 42): what a row says of people and values goes; its place, time, record, action
and digest stay, so that the chain of a record and the signed digest of a day are checked as before.

An emptied row keeps the digest of what it said (``content``), from which its own digest is still made. What is left of it is covered anew,
by the row of the history that tells of the emptying (``EMPTYINGS``) and that is chained and signed like any other. The database itself
refuses to empty anything younger than the least time by the signed days, and the audit asks them as well.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# What is told of the emptying itself; never emptied, because it covers what is left of others.
EMPTYINGS = "history_emptying"

# In one migration of every service; never edited. The service has no right to change a row of its history: it may call ``empty_history``,
# which its owner made, and the trigger lets nothing through but a row that is emptied of all that it says, once. 180 days for a look and
# ten years for a change hold whatever the settings say.
EMPTIED_DDL_V1 = (
    "ALTER TABLE history ADD COLUMN emptied_by bigint, ADD COLUMN content bytea",
    """
CREATE FUNCTION history_least(h history) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT make_interval(days => CASE WHEN h.position IS NULL THEN 180 ELSE 3650 END)
$$""",
    """
CREATE FUNCTION only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE emptied history;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    emptied := OLD;
    emptied.before := NULL; emptied.after := NULL; emptied.reason := NULL; emptied.actor_name := ''; emptied.address := '';
    emptied.content := history_content(OLD);
    emptied.emptied_by := NEW.emptied_by;
    IF OLD.emptied_by IS NULL AND NEW.emptied_by IS NOT NULL AND NEW IS NOT DISTINCT FROM emptied
       AND OLD.at < now() - history_least(OLD) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME;
END $$""",
    "DROP TRIGGER history_append_only ON history",
    "CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION only_emptied()",
    """
CREATE FUNCTION empty_history(looks boolean, till timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE due bigint[]; told bigint; digest text; signed bigint;
BEGIN
  SELECT max(last_history_id) INTO signed FROM history_digests
   WHERE version = 2 AND day + make_interval(days => CASE WHEN looks THEN 180 ELSE 3650 END) < now();
  due := ARRAY(
    SELECT h.id FROM history h
     WHERE h.emptied_by IS NULL AND h.at < till AND h.at < now() - history_least(h) AND h.id <= signed
       AND (h.position IS NULL) = looks AND h.record_type <> 'history_emptying'
       AND (looks OR NOT EXISTS (SELECT FROM history later WHERE later.record_type = h.record_type AND later.record_id = h.record_id
                                    AND later.position IS NOT NULL AND later.at >= till))
     ORDER BY h.at LIMIT most);
  IF cardinality(due) = 0 THEN RETURN 0; END IF;
  LOCK TABLE history IN ROW EXCLUSIVE MODE;
  told := nextval(pg_get_serial_sequence('history', 'id'));
  UPDATE history h SET content = history_content(h), emptied_by = told, before = NULL, after = NULL, reason = NULL, actor_name = '',
         address = '' WHERE h.id = ANY(due) AND h.emptied_by IS NULL;
  SELECT encode(sha256(string_agg(history_content(h) || h.digest || h.content, ''::bytea ORDER BY h.id)), 'hex') INTO digest
    FROM history h WHERE h.emptied_by = told AND h.id = ANY(due);
  INSERT INTO history (id, record_type, record_id, action, actor_id, actor_name, address, after, correlation_id)
  VALUES (told, 'history_emptying', '00000000-0000-0000-0000-000000000000', 'empty', '00000000-0000-0000-0000-000000000000', '', '',
          jsonb_build_object('rows', cardinality(due), 'till', till, 'digest', digest), '');
  RETURN cardinality(due);
END $$""",
)
# The way back is open until something has been emptied: the release before could not check what is left.
EMPTIED_DDL_V1_BACK = (
    """
DO $$ BEGIN
  IF EXISTS (SELECT FROM history WHERE emptied_by IS NOT NULL) THEN RAISE EXCEPTION 'histories have been emptied'; END IF;
END $$""",
    "DROP TRIGGER history_append_only ON history",
    "CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION append_only()",
    "DROP FUNCTION empty_history, only_emptied, history_least",
    "ALTER TABLE history DROP COLUMN emptied_by, DROP COLUMN content",
)
_EMPTY = text("SELECT empty_history(:looks, :till, :most)")

# Of each emptying: what is left of its rows is what it told of, and each was old enough by the signed day that it belongs to. A row that
# names no emptying, and one that tells of nothing, belong to none.
_BROKEN = text("""
SELECT coalesce(told.id, rest.emptied_by) FROM
  (SELECT id, at, after FROM history WHERE record_type = 'history_emptying') told
  FULL JOIN
  (SELECT h.emptied_by,
          encode(sha256(string_agg(history_content(h) || h.digest || h.content, ''::bytea ORDER BY h.id)), 'hex') AS digest,
          max(h.id) AS last, max(history_least(h)) AS least
     FROM history h WHERE h.emptied_by IS NOT NULL GROUP BY h.emptied_by) rest ON rest.emptied_by = told.id
 WHERE told.after ->> 'digest' IS DISTINCT FROM rest.digest
    OR ((SELECT min(d.day) FROM history_digests d WHERE d.last_history_id >= rest.last AND d.version = 2) + rest.least < told.at)
       IS NOT TRUE
 ORDER BY 1 LIMIT 100""")


async def empty(session: AsyncSession, *, looks: bool, till: datetime, most: int) -> int:
    """Empties at most so many rows from before ``till``: looks, or changes of records that nobody has changed since; how many."""
    return await session.scalar(_EMPTY, {"looks": looks, "till": till, "most": most}) or 0


async def broken_emptyings(session: AsyncSession) -> list[int]:
    """Emptyings (by the id of the row that tells of each) whose rows are no longer what it left, or were too young for it."""
    return list((await session.scalars(_BROKEN)).all())
