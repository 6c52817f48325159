"""A database is brought to a newer schema while it is used (PLAT-10): by one at a time, without keeping anybody waiting, and only by
migrations that the release before them can live with.
"""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, NullPool, create_engine, text

from ops import migrate as migrating
from ops.migration_check import as_sql, coming, refusals
from ops.up.servers import Servers
from shared.db import migrations
from shared.db.migrations import config_for
from shared.identifiers import new_id
from shared.services import Service

BEFORE, INDEX = "0017", "ix_declarations_open_region"


@pytest.fixture
def used(platform: Servers) -> Any:
    """A connection to a database of the declaration service as it was some migrations ago, and its address."""
    name = f"used_{new_id().hex[-12:]}"
    platform.create_database(name)
    url = platform.database_url(name)
    command.upgrade(config_for(Service.DECLARATION, url), BEFORE)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection, url


def is_whole(connection: Connection) -> bool | None:
    valid: bool | None = connection.scalar(
        text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"), {"name": INDEX}
    )
    return valid


@pytest.mark.req("PLAT-10")
class TestWhileItIsUsed:
    def test_a_lock_is_waited_for_without_holding_one(self, used: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        connection, url = used
        connection.execute(text("LOCK TABLE declarations IN ROW EXCLUSIVE MODE"))
        seen: list[bool | None] = []

        def sleep(_: float) -> None:
            seen.append(is_whole(connection))
            connection.commit()

        monkeypatch.setattr(migrations, "LOCK_MS", 50)
        monkeypatch.setattr(migrating, "sleep", sleep)
        migrating.migrate(Service.DECLARATION, url)
        assert seen == [False]  # what was broken off is there, and is made anew
        assert is_whole(connection) is True

    def test_a_second_one_waits_for_the_first(self, used: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        connection, url = used
        connection.execute(text(f"SELECT pg_advisory_lock({migrations._ONE_AT_A_TIME})"))
        connection.commit()
        asked: list[bool | None] = []

        def sleep(_: float) -> None:
            asked.append(is_whole(connection))
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.commit()

        monkeypatch.setattr(migrations, "sleep", sleep)
        migrating.migrate(Service.DECLARATION, url)
        assert asked == [None]
        assert is_whole(connection) is True

    def test_one_of_a_later_release_stays_where_it_is(self, used: Any, capsys: pytest.CaptureFixture[str]) -> None:
        connection, url = used
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
        connection.commit()
        migrating.migrate(Service.DECLARATION, url)
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9000"
        assert "9000" in capsys.readouterr().err


@pytest.mark.req("PLAT-10")
class TestCheck:
    @pytest.mark.parametrize(
        ("sql", "rule"),
        [
            ("CREATE INDEX i ON declarations (kind);", "require-concurrent-index-creation"),
            ("ALTER TABLE declarations ADD COLUMN a VARCHAR NOT NULL;", "adding-required-field"),
            ("ALTER TABLE declarations DROP COLUMN kind;", "ban-drop-column"),
            ("ALTER TABLE declarations RENAME COLUMN kind TO sort;", "renaming-column"),
            ("ALTER TABLE declarations RENAME TO reports;", "renaming-table"),
            ("ALTER TABLE declarations ALTER COLUMN kind TYPE INTEGER USING 1;", "changing-column-type"),
            ("ALTER TABLE declarations ADD CONSTRAINT c CHECK (kind <> '');", "constraint-missing-not-valid"),
            ("DROP TABLE declarations;", "ban-drop-table"),
        ],
    )
    def test_what_stops_the_release_before_is_refused(self, sql: str, rule: str, tmp_path: Path) -> None:
        assert rule in refusals("one", sql, {}, tmp_path)
        assert refusals("one", sql, {rule: "nobody reads it"}, tmp_path) == ""

    def test_a_new_table_is_nobodys_yet(self, tmp_path: Path) -> None:
        sql = "BEGIN; CREATE TABLE n (id UUID NOT NULL PRIMARY KEY, a VARCHAR); CREATE INDEX i ON n (a); COMMIT;"
        assert refusals("one", sql, {}, tmp_path) == ""

    def test_each_migration_is_read(self) -> None:
        first = next(iter(coming(Service.DECLARATION)))
        assert "CREATE INDEX CONCURRENTLY" in as_sql(Service.DECLARATION, first)
