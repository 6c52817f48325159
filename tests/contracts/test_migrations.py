"""The database follows the tables: one history per service, in a line, and nothing that the models have and the history has not."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from ops.up.servers import Servers
from shared.db.migrations import config_for
from shared.services import Service


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
