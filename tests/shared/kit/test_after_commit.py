"""What a unit of work tells the cache, and when; and what becomes of one that gets no connection."""

from collections.abc import Mapping

import pytest

from ops.up.servers import Servers
from shared.db import session
from shared.db.session import Cached, Database, note_cached
from shared.errors import Unavailable
from shared.services import Service


def database(platform: Servers, told: list[Mapping[str, Cached]], *, pool_size: int = 2) -> Database:
    async def cache(cached: Mapping[str, Cached]) -> None:
        told.append(cached)

    url = platform.database_url(Service.AUTH)
    return Database(url, pool_size=pool_size, checkout_seconds=0.2, publish=lambda _hints: None, cache=cache)


class TestNoteCached:
    async def test_the_cache_is_told_after_the_commit_and_never_without_one(self, platform: Servers) -> None:
        told: list[Mapping[str, Cached]] = []
        own = database(platform, told)
        with pytest.raises(RuntimeError, match="undone"):
            async with own.unit_of_work() as unit:
                note_cached(unit, "key", ("lost", 1))
                raise RuntimeError("undone")
        async with own.unit_of_work() as unit:
            note_cached(unit, "key", ("kept", 60))
            note_cached(unit, "other", None)
            assert told == []
        assert told == [{"key": ("kept", 60), "other": None}]
        await own.close()


@pytest.mark.req("PLAT-01")
class TestNoConnection:
    async def test_it_is_unavailable_and_leaves_the_pool_whole(
        self, platform: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session, "QUEUE_SECONDS", 0.2)
        own = database(platform, [], pool_size=1)
        async with own.unit_of_work():
            for _ in range(3):
                with pytest.raises(Unavailable):
                    async with own.unit_of_work():
                        pass
        async with own.unit_of_work():
            pass
        await own.close()
