"""A process that is told the secrets of one service works for that one and says so of the others (PLAT-04), and what is told apart from an
address comes into it."""

import pytest
from sqlalchemy import make_url

from ops.key_check import refuse_missing_keys, refuse_others
from ops.probe import count_keys
from ops.start import newest_revision, schema_missing
from ops.up.servers import Servers
from shared.db.keys import writer_name
from shared.services import INDEXED, Service
from shared.setting_kinds import with_password
from shared.settings import BrokerSettings, PlatformSettings, platform_settings
from tests.ops.rotation import a_process

pytestmark = pytest.mark.req("PLAT-04")
OTHERS = sorted(set(Service) - INDEXED)


@pytest.fixture
def settings(platform: Servers) -> PlatformSettings:
    return platform_settings()


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "password", "whole"),
        [
            (
                "postgresql+psycopg://auth@postgres:5432/auth",
                "of-auth",
                "postgresql+psycopg://auth:of-auth@postgres:5432/auth",
            ),
            ("redis://redis:6379/0", "a@b:/c", "redis://:a%40b%3A%2Fc@redis:6379/0"),
            ("redis://:old@redis/0", "new", "redis://:new@redis/0"),
            ("redis://:old@redis/0", "", "redis://:old@redis/0"),
        ],
    )
    def test_a_password_comes_into_its_address(self, address: str, password: str, whole: str) -> None:
        assert with_password(address, password) == whole

    @pytest.mark.parametrize("service", Service)
    def test_each_service_enters_with_its_own(self, service: Service, settings: PlatformSettings) -> None:
        own = {f"database_password_{each}": f"of-{each}" for each in Service}
        told = settings.model_copy(update={"database_url": "postgresql://{service}@postgres/{service}", **own})
        url = make_url(told.database_of(service))
        assert (url.username, url.password, url.database) == (service, f"of-{service}", service)

    def test_beat_and_probe_know_the_brokers(self, platform: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        url = make_url(platform.redis_url)
        monkeypatch.setenv("PLATFORM_REDIS_URL", platform.redis_url.replace(f":{url.password}@", ""))
        monkeypatch.setenv("PLATFORM_REDIS_PASSWORD", str(url.password))
        assert BrokerSettings().queue_address == PlatformSettings().redis_address == platform.redis_url
        assert count_keys(BrokerSettings().redis_url, "nobody's key") == 0
        monkeypatch.setenv("PLATFORM_REDIS_PASSWORD", "another")
        with pytest.raises(ConnectionError):
            count_keys(BrokerSettings().redis_url, "nobody's key")

    def test_a_start_enters_with_the_services_password(self, platform: Servers) -> None:
        url = make_url(platform.database_url("auth").replace("+psycopg", "", 1))
        bare = url.set(password="").render_as_string(hide_password=False)
        assert schema_missing(bare, newest_revision("auth"), str(url.password)) == ""
        assert "password" in schema_missing(bare, newest_revision("auth"), "another")


class TestIndexKey:
    @pytest.mark.parametrize("service", OTHERS)
    def test_who_looks_nobody_up_starts_without_it(self, service: Service, settings: PlatformSettings) -> None:
        """Also where it was started with one before, as all services once were."""
        refuse_missing_keys(service)
        with a_process({}, BLIND_INDEX_KEY="") as told:
            refuse_missing_keys(service)
            assert writer_name(told) != writer_name(settings)

    @pytest.mark.parametrize("service", sorted(INDEXED))
    def test_who_does_is_refused(self, service: Service, platform: Servers) -> None:
        with a_process({}, BLIND_INDEX_KEY=""), pytest.raises(SystemExit, match="缺少 PLATFORM_BLIND_INDEX_KEY"):
            refuse_missing_keys(service)


class TestCommands:
    """``ops.rekey`` and ``ops.audit`` go through all databases."""

    @pytest.mark.parametrize("service", Service)
    def test_who_is_told_of_one_service_is_sent_to_the_container_that_knows_all(
        self, service: Service, settings: PlatformSettings
    ) -> None:
        own = settings.model_copy(update={f"database_password_{service}": "x"})
        refuse_others([service], own)
        with pytest.raises(SystemExit, match="run --rm --no-deps migrate") as refused:
            refuse_others(list(Service), own)
        assert [each for each in Service if each in str(refused.value)] == [each for each in Service if each != service]
        refuse_others(list(Service), settings.model_copy(update={f"database_password_{each}": "x" for each in Service}))
        refuse_others(list(Service), settings)

    def test_without_the_index_key_nobody_who_needs_it_is_brought(self, settings: PlatformSettings) -> None:
        bare = settings.model_copy(update={"blind_index_key": ()})
        refuse_others(OTHERS, bare)
        for service in INDEXED:
            with pytest.raises(SystemExit):
                refuse_others([service], bare)
