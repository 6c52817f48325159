"""Who may do what in a service's database: the service uses it, owns nothing of it, and enters no other (PLAT-04)."""

from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import URL, make_url, text

from ops.migrate import migrate
from ops.prepare import migrate_as_owner, prepare_databases
from ops.roles import owner_of
from ops.up.servers import Servers
from shared.clock import now_utc
from shared.db.digests import close_days
from shared.db.emptied import empty
from shared.db.history import RecordType
from shared.db.session import Database
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.services import Service
from tests.shared.ledger import KEY, SERVICE, a_row, at_noon, days_ago

pytestmark = pytest.mark.req("PLAT-04")
FORBIDDEN = [
    "UPDATE history SET reason = 'x'",
    "DELETE FROM history",
    "TRUNCATE history",
    "UPDATE history_digests SET rows = 0",
    "DELETE FROM history_digests",
    "TRUNCATE history_digests",
    "ALTER TABLE history DISABLE TRIGGER USER",
    "ALTER TABLE history DISABLE TRIGGER history_append_only",
    "DROP TRIGGER history_append_only ON history",
    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE OR REPLACE FUNCTION history_content(h history) RETURNS bytea LANGUAGE sql AS $$ SELECT ''::bytea $$",
    "CREATE TABLE public.history2 (id int)",
    "CREATE TEMP TABLE history (id int)",
    "DROP TABLE history",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET ROLE {owner}",
]


@dataclass
class Installation:
    admin_url: str
    urls: list[URL]

    def enter(self, url: URL, database: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
        entered = url.set(drivername="postgresql", database=database or url.database)
        return psycopg.connect(entered.render_as_string(hide_password=False), autocommit=True)

    def prepare(self) -> None:
        prepare_databases(self.admin_url, self.urls)
        for url in self.urls:
            migrate_as_owner(self.admin_url, SERVICE, url)


def as_it_was(admin_url: str, url: URL) -> None:
    """An installation from before: the service owns its database and has migrated it."""
    name = sql.Identifier(url.username or "")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(url.password)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
    migrate(SERVICE, url.render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def installation(platform: Servers) -> Installation:
    """Two services: the first is brought over from before, the second is new."""
    admin = platform.database_url("postgres")
    names = [f"roles_{uuid4().hex[:8]}" for _ in range(2)]
    urls = [make_url(admin).set(username=name, password=f"of-{name}", database=name) for name in names]
    made = Installation(admin.replace("+psycopg", "", 1), urls)
    as_it_was(made.admin_url, urls[0])
    made.prepare()
    return made


@pytest.fixture(params=[0, 1], ids=["brought over", "new"])
def service(installation: Installation, request: pytest.FixtureRequest) -> URL:
    which: int = request.param
    return installation.urls[which]


class TestItsOwn:
    @pytest.mark.parametrize("statement", FORBIDDEN)
    def test_it_rewrites_nothing(self, installation: Installation, service: URL, statement: str) -> None:
        refused = (errors.InsufficientPrivilege, errors.InvalidParameterValue)
        with installation.enter(service) as connection, pytest.raises(refused):
            connection.execute(statement.format(owner=owner_of(service.username or "")))

    async def test_it_works_with_it(self, installation: Installation, service: URL) -> None:
        database = Database(
            service.render_as_string(hide_password=False), pool_size=2, checkout_seconds=5, publish=lambda _hints: None
        )
        async with database.unit_of_work() as session:
            RecordType("note").note(session, new_id(), "create", actor=SYSTEM)
            session.add(a_row(new_id(), at_noon(days_ago(1))))
        await close_days(database, service=SERVICE, signing_key=KEY, now=now_utc())
        async with database.unit_of_work() as session:
            assert await session.scalar(
                text("SELECT count(*) FROM history_digests WHERE day = :day"), {"day": days_ago(1)}
            )
            tables = await session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
            )
            assert tables.all() == []
            # Its owner's function, in the service's hands: it changes nothing that is young.
            assert await empty(session, looks=False, till=now_utc(), most=9) == 0
        await database.close()

    def test_what_a_later_migration_makes_can_be_used_at_once(self, installation: Installation, service: URL) -> None:
        inside = make_url(installation.admin_url).set(database=service.database).render_as_string(hide_password=False)
        with psycopg.connect(inside, autocommit=True) as connection:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owner_of(service.username or ""))))
            connection.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
        with installation.enter(service) as connection:
            connection.execute("INSERT INTO later DEFAULT VALUES")
            assert connection.execute("SELECT count(*) FROM later").fetchone() == (1,)
        with psycopg.connect(inside, autocommit=True) as connection:
            connection.execute("DROP TABLE later")

    def test_preparing_again_changes_nothing(self, installation: Installation, service: URL) -> None:
        installation.prepare()
        with installation.enter(service) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("DELETE FROM history")


class TestOthers:
    def test_it_enters_no_other_database(self, installation: Installation) -> None:
        first, second = installation.urls
        for url, other in ((first, second.database), (second, first.database)):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                installation.enter(url, other)

    def test_nobody_signs_in_as_an_owner(self, installation: Installation, service: URL) -> None:
        with pytest.raises(psycopg.OperationalError):
            installation.enter(service.set(username=owner_of(service.username or "")))


def test_make_run_gives_its_services_the_same(servers: Servers) -> None:
    servers.give_roles([Service.DECLARATION, Service.AUTH])
    url = make_url(servers.services_url.replace("{service}", Service.DECLARATION)).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        assert connection.execute("SELECT count(*) >= 0 FROM history").fetchone() == (True,)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("UPDATE history SET reason = 'x'")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url.set(database=Service.AUTH).render_as_string(hide_password=False))
