"""docker-compose.scale.yml runs two of everything that docker-compose.yml runs once and that holds no data (PLAT-19)."""

import re
from typing import Any

import pytest
import yaml

from ops.settings_reference import COMPOSE as COMPOSE_SETTINGS
from ops.settings_reference import settings
from tests.ops.test_compose_files import APIS, ROOT, SERVICES, WORKERS

pytestmark = pytest.mark.req("PLAT-19")
# Doubled by other means (docs/scale.md), or done once.
ONE = {"postgres", "redis", "migrate", "gateway"}
OVERRIDE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.scale.yml").read_text("utf-8"))
NO_FIGURES = {"replica_not_used", "replica_failed", "storage_unavailable", "synchronous_standby_names"}
DOUBLED: dict[str, Any] = OVERRIDE["services"]


def test_every_service_is_doubled_or_known_to_be_one() -> None:
    two = {name for name, service in DOUBLED.items() if service.get("deploy") == {"replicas": 2}}
    assert two == set(SERVICES) - ONE
    assert set(DOUBLED) - two == {"gateway-2", "postgres"}


def test_nothing_that_is_doubled_has_an_address_or_a_port_of_its_own() -> None:
    """A second container of it could not be started."""
    for name in set(SERVICES) - ONE:
        service = SERVICES[name]
        assert not {"ports", "container_name", "hostname"} & set(service), name
        networks = service.get("networks", [])
        assert isinstance(networks, list), name


def test_the_second_gateway_is_the_first_at_another_place() -> None:
    first, second = SERVICES["gateway"], DOUBLED["gateway-2"]
    own = {"networks", "ports"}
    assert set(second["networks"]) == set(first["networks"])
    for name in own:
        assert second[name] != first[name]
    rest = {name: value for name, value in second.items() if name not in own}
    assert rest == {name: value for name, value in first.items() if name not in own | {"build"}}


@pytest.mark.parametrize("name", APIS)
def test_both_gateways_are_believed_and_nobody_else(name: str) -> None:
    places = {gateway["networks"]["front"]["ipv4_address"] for gateway in (SERVICES["gateway"], DOUBLED["gateway-2"])}
    assert set(DOUBLED[name]["environment"]["PLATFORM_TRUSTED_PROXIES"].split(",")) == places
    assert set(DOUBLED[name]["environment"]) == {"PLATFORM_TRUSTED_PROXIES"}


def test_the_database_takes_all_their_connections_twice() -> None:
    """Twice: while containers are replaced, both are there."""
    (most,) = re.findall(r"max_connections=(\d+)", " ".join(DOUBLED["postgres"]["command"]))
    told = [re.findall(r"--concurrency (\S+)", " ".join(SERVICES[name]["command"]))[0] for name in WORKERS]
    processes = sum(int(re.findall(r"\d+", each)[-1]) for each in told)
    assert 2 * (2 * len(APIS) * 5 + 2 * processes * 2) <= int(most)
    once = [word for word in SERVICES["postgres"]["command"] if "max_connections" not in word]
    assert [word for word in DOUBLED["postgres"]["command"] if "max_connections" not in word] == once


class TestThePage:
    """docs/scale.md."""

    TEXT = (ROOT / "docs" / "scale.md").read_text("utf-8")

    def test_each_setting_is_one(self) -> None:
        known = {each.name for each in settings()} | set(COMPOSE_SETTINGS) | {"GATEWAY_SECOND_PORT"}
        assert (
            set(re.findall(r"\b((?:PLATFORM|NOTIFICATIONS|CERTIFICATES|GATEWAY)_[A-Z_]+[A-Z])\b", self.TEXT)) <= known
        )

    def test_each_figure_is_measured_and_stands_in_the_table(self) -> None:
        figures = (ROOT / "docs" / "figures.md").read_text("utf-8")
        named = re.findall(r"`([a-z]+(?:_[a-z0-9]+){2,})(…?)`", self.TEXT)
        assert len(named) > 10
        assert [name for name, _ in named if not re.search(rf"`{name}", figures) and name not in NO_FIGURES] == []

    def test_what_is_shown_late_is_what_the_page_says(self) -> None:
        """Nine lists, of the routes that say so."""
        late = [
            path for path in (ROOT / "services").rglob("endpoints.py") if "[MAY_BE_LATE]" in path.read_text("utf-8")
        ]
        assert sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in late) == [
            "access/accounts", "access/arrivals", "certificates/issue", "declaration/declarations", "declaration/reviews",
            "directory/organisations", "enrolment/review", "notifications/oversight", "people/personnel",
        ]  # fmt: skip
