"""The database follows the tables: one history per service, in a line, and nothing that the models have and the history has not."""

from enum import StrEnum

import pytest
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    CheckConstraint,
    Column,
    Engine,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    text,
)

from ops.up.servers import Servers
from shared.db.base import new_metadata
from shared.db.checks import PLUGINS, is_compared_by_name
from shared.db.migrations import config_for
from shared.db.types import code_of
from shared.services import Service
from shared.workflow.definition import Labelled


@pytest.mark.parametrize("service", list(Service))
class TestHistory:
    def test_it_is_one_line(self, service: Service, platform: Servers) -> None:
        script = ScriptDirectory.from_config(config_for(service))
        revisions = [revision.revision for revision in script.walk_revisions()]
        assert len(script.get_heads()) == 1
        assert revisions == sorted(revisions, reverse=True)
        assert all(len(script.get_revision(name).nextrev) <= 1 for name in revisions)

    def test_the_models_have_nothing_more(self, service: Service, platform: Servers) -> None:
        name = f"check_{service}"
        platform.create_database(name)
        config = config_for(service, platform.database_url(name))
        command.upgrade(config, "head")
        command.check(config)

    def test_there_is_a_way_back(self, service: Service, platform: Servers) -> None:
        name = f"back_{service}"
        platform.create_database(name)
        config = config_for(service, platform.database_url(name))
        for target in ("head", "base", "head"):
            (command.downgrade if target == "base" else command.upgrade)(config, target)


class Light(Labelled):
    RED = "red", "红"
    GREEN = "green", "绿"


class OnlyLight(Labelled):
    RED = "red", "红"


class OtherLight(Labelled):
    RED = "red", "红"
    GREEN = "green", "绿"
    AMBER = "am'ber", "黄"


def lamps(codes: type[StrEnum], *checks: CheckConstraint) -> MetaData:
    metadata = new_metadata()
    Table("lamps", metadata, Column("id", Integer, primary_key=True), Column("light", code_of(codes)), *checks)
    return metadata


@pytest.fixture(scope="module")
def scratch(platform: Servers) -> Engine:
    platform.create_database("check_constraints")
    return create_engine(platform.database_url("check_constraints"), poolclass=NullPool)


def steps(scratch: Engine, before: MetaData, after: MetaData) -> str:
    """What a revision would write that follows ``before`` with the tables of ``after``."""
    with scratch.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS lamps"))
        before.create_all(connection)
        options = {"autogenerate_plugins": PLUGINS, "include_object": is_compared_by_name, "target_metadata": after}
        script = produce_migrations(MigrationContext.configure(connection, opts=options), after)
        assert script.upgrade_ops is not None
        return render_python_code(script.upgrade_ops)


class TestChecks:
    """What a coded column may hold, and every bound with a name, is the history's business like a column is."""

    @pytest.mark.parametrize(("before", "after"), [(Light, OtherLight), (OnlyLight, OtherLight)])
    def test_a_code_more_makes_a_migration(self, scratch: Engine, before: type[StrEnum], after: type[StrEnum]) -> None:
        code = steps(scratch, lamps(before), lamps(after))
        name = f"op.f('ck_lamps_{before.__name__.lower()}')"
        assert f"op.drop_constraint({name}, 'lamps', type_='check')" in code
        assert f"op.create_check_constraint({name}, 'lamps'" in code
        assert "light IN ('red', 'green', 'am''ber')" in code

    def test_a_code_less_makes_one_too(self, scratch: Engine) -> None:
        assert "light IN ('red')" in steps(scratch, lamps(Light), lamps(OnlyLight))

    def test_the_same_codes_make_none(self, scratch: Engine) -> None:
        for codes in (OnlyLight, Light, OtherLight):
            assert "constraint" not in steps(scratch, lamps(codes), lamps(codes))

    def test_a_coded_column_without_its_check_is_seen(self, scratch: Engine) -> None:
        bare = new_metadata()
        Table("lamps", bare, Column("id", Integer, primary_key=True), Column("light", String(40)))
        assert "light IN ('red', 'green')" in steps(scratch, bare, lamps(Light))

    def test_a_bound_with_a_name_is_seen(self, scratch: Engine) -> None:
        bound = CheckConstraint("id > 0", name="positive")
        assert "op.create_check_constraint(op.f('ck_lamps_positive')" in steps(
            scratch, lamps(Light), lamps(Light, bound)
        )
