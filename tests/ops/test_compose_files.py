"""What must hold of the compose layout's files, told from their text without an engine. ``make compose-test`` tries the layout itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.probe import ANSWER_SECONDS
from ops.up.workers import SPECS
from shared.services import Service
from shared.settings import PlatformSettings
from shared.tasks.alive import alive_key
from shared.web.bodies import MAX_ADDRESS_BYTES, MAX_UPLOAD

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
TIMES = {"s": 1, "m": 60}
SIZES = {"m": 1, "g": 1024}  # in megabytes
LASTING = [name for name in SERVICES if name != "migrate"]  # a one-off is neither restarted nor watched
GATEWAY = (ROOT / "gateway" / "platform.conf.template").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
APIS = [f"{service}-api" for service in Service]
PROOFS = {f"{spec.service}-{lane}": alive_key(spec.service, lane) for spec in SPECS for lane in spec.lanes}
WORKERS = list(PROOFS)
# Pages are made by as many processes as the operator wants; this many unless told.
PRINTERS, SENDERS = 2, 2


class TestContainers:
    def test_every_process_of_the_platform_is_there(self) -> None:
        assert set(SERVICES) == {"gateway", "postgres", "redis", "migrate", "beat", *APIS, *WORKERS}

    @pytest.mark.parametrize("name", LASTING)
    def test_each_is_restarted_and_watched(self, name: str) -> None:
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"

    @pytest.mark.parametrize("name", SERVICES)
    def test_each_is_bounded(self, name: str) -> None:
        """No rights, no way to gain any, nothing to write to but its volumes, and logs that end."""
        service = SERVICES[name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}
        assert "privileged" not in service

    def test_every_image_of_ours_ends_as_an_ordinary_user(self) -> None:
        users = {}
        for stage in re.split(r"(?m)^(?=FROM )", DOCKERFILE)[1:]:
            name = re.match(r"FROM \S+ AS (\w+)", stage)
            assert name
            users[name[1]] = re.findall(r"(?m)^USER (\S+)", stage)[-1:]
        built = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
        assert built == {"platform", "redis", "gateway"}
        for target in built:
            assert users[target], f"{target} runs as root"
            assert users[target][0].split(":")[0] not in {"0", "root"}
        assert not any("user" in service for service in SERVICES.values())

    def test_only_named_volumes_are_mounted(self) -> None:
        for service in SERVICES.values():
            for volume in service.get("volumes", []):
                assert volume.split(":")[0] in COMPOSE["volumes"]

    def test_only_the_gateway_can_be_reached_from_outside(self) -> None:
        assert [name for name, service in SERVICES.items() if "ports" in service] == ["gateway"]
        assert list(SERVICES["gateway"]["networks"]) == ["front"]
        assert sorted(name for name, service in SERVICES.items() if "front" in service["networks"]) == sorted(
            ["gateway", *APIS]
        )

    def test_connections_fit_twice(self) -> None:
        """While containers are replaced, old and new ones hold their pools side by side."""
        pools = {name: PlatformSettings.model_fields[f"{name}_pool_size"].default for name in ("api", "worker")}
        processes = len(WORKERS) - 2 + PRINTERS + SENDERS
        needed = len(APIS) * pools["api"] + processes * pools["worker"]
        limit = next(word for word in SERVICES["postgres"]["command"] if word.startswith("max_connections="))
        assert 2 * needed <= int(limit.partition("=")[2]) - 5

    @pytest.mark.req("PLAT-11")
    def test_each_worker_is_watched_by_its_own_proof(self) -> None:
        for name, proof in PROOFS.items():
            assert SERVICES[name]["healthcheck"]["test"][-1] == proof
            assert SERVICES[name]["environment"]["WORKER"] == proof.removeprefix("alive:")

    @pytest.mark.req("PLAT-09")
    def test_pages_have_processes_of_their_own_that_are_replaced(self) -> None:
        """A worker stays under 300 MB: a process is replaced between two runs, and a run is some hundreds of pages."""
        command = SERVICES["certificates-print"]["command"]
        told = dict(zip(command, command[1:], strict=False))
        assert told["--queues"] == "certificates.print"
        assert told["--concurrency"] == f"${{CERTIFICATES_PRINT_PROCESSES:-{PRINTERS}}}"
        assert int(told["--max-memory-per-child"]) <= 290_000
        assert int(told["--max-tasks-per-child"]) > 0
        assert "--pool" not in told

    @pytest.mark.req("NOTE-01")
    def test_one_who_is_slow_to_take_holds_up_one_of_several_senders(self) -> None:
        command = SERVICES["notifications-fast"]["command"]
        assert command[command.index("--concurrency") + 1] == f"${{NOTIFICATIONS_SEND_PROCESSES:-{SENDERS}}}"


def measured(text: str, units: dict[str, int]) -> int:
    return int(text[:-1]) * units[text[-1]]


def memory_limit(name: str) -> int:
    """In megabytes, unless the operator says otherwise."""
    return measured(SERVICES[name]["mem_limit"].rpartition(":-")[2].strip("}"), SIZES)


@pytest.mark.req("PLAT-10")
class TestSlowMachines:
    """One slow start anywhere leaves nothing down for good, and looking after each other costs next to nothing."""

    def test_the_gateway_waits_for_nobody(self) -> None:
        assert "depends_on" not in SERVICES["gateway"]

    @pytest.mark.parametrize("name", SERVICES)
    def test_nobody_depends_on_anothers_health_or_end(self, name: str) -> None:
        """A condition that is not met in time fails the whole ``up`` and leaves what waited down; an order of starting cannot fail."""
        assert isinstance(SERVICES[name].get("depends_on", []), list)

    @pytest.mark.parametrize("name", [*APIS, *WORKERS, "beat"])
    def test_each_process_waits_by_itself(self, name: str) -> None:
        assert SERVICES[name]["command"][:3] == ["python", "-m", "ops.start"]

    def test_the_one_off_is_tried_again_and_ends(self) -> None:
        assert re.fullmatch(r"on-failure:[1-9]", SERVICES["migrate"]["restart"])

    @pytest.mark.parametrize("name", LASTING)
    def test_checks_are_rare_and_patient(self, name: str) -> None:
        check = SERVICES[name]["healthcheck"]
        assert measured(check["interval"], TIMES) >= 30
        assert measured(check["timeout"], TIMES) > 2 * ANSWER_SECONDS
        assert measured(check["start_period"], TIMES) >= 600
        # An engine before 25 refuses the whole file for it.
        assert "start_interval" not in check

    @pytest.mark.parametrize("name", [*APIS, *WORKERS, "beat"])
    def test_a_check_loads_no_packages(self, name: str) -> None:
        assert SERVICES[name]["healthcheck"]["test"][1:5] == ["python", "-I", "-S", "ops/probe.py"]

    @pytest.mark.parametrize("name", SERVICES)
    def test_each_has_a_memory_limit(self, name: str) -> None:
        assert memory_limit(name) >= 128

    def test_printing_has_room_for_its_processes(self) -> None:
        """One is replaced when it holds 280 MB; their parent holds less."""
        assert memory_limit("certificates-print") >= (PRINTERS + 1) * 300


class TestGateway:
    def test_every_service_has_a_way_and_nothing_else_does(self) -> None:
        named = re.search(r"location ~ \^/api/\(\?<service>([a-z|]+)\)/", GATEWAY)
        assert named
        assert named[1].split("|") == [str(service) for service in Service]
        targets = set(re.findall(r"set \$upstream ([a-z-]+);", GATEWAY))
        assert targets <= set(APIS)
        assert set(re.findall(r"proxy_pass (\S+);", GATEWAY)) == {"http://$service-api:8000", "http://$upstream:8000"}

    def test_the_body_limit_is_that_of_the_services(self) -> None:
        limit = re.search(r"client_max_body_size (\d+)m;", GATEWAY)
        assert limit
        assert int(limit[1]) * 1024 * 1024 == MAX_UPLOAD

    def test_headers_are_said_in_one_place(self) -> None:
        """An ``add_header`` in a location silently takes all others away."""
        for path in (ROOT / "gateway").iterdir():
            if path.name != "headers.conf":
                assert "add_header" not in path.read_text("utf-8"), path.name

    def test_a_problem_says_the_status_it_is_sent_with(self) -> None:
        """``error_page`` keeps the status it was called for, unless it is told another."""
        problems = (ROOT / "gateway" / "problems.conf").read_text("utf-8")
        said = {
            name: (status, body)
            for name, status, body in re.findall(r"location (?:= )?([@/]\S+) .*return (\d+) '(.*)';", problems)
        }
        for statuses, name in re.findall(r"(?m)^error_page ([\d =]+) ([@/]\S+);", problems):
            status, body = said.pop(name)
            assert statuses.partition("=")[2] == status or statuses == status
            assert json.loads(body)["status"] == int(status)
        assert not said

    def test_a_callers_own_address_is_not_believed(self) -> None:
        proxy = (ROOT / "gateway" / "proxy.conf").read_text("utf-8")
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
        address = SERVICES["gateway"]["networks"]["front"]["ipv4_address"]
        for name in APIS:
            assert SERVICES[name]["environment"]["PLATFORM_TRUSTED_PROXIES"] == address
            assert SERVICES[name]["environment"]["UVICORN_PROXY_HEADERS"] == "false"

    @pytest.mark.req("PLAT-17")
    def test_who_is_slow_or_many_is_bounded(self) -> None:
        told = dict(re.findall(r"(?m)^ *(\w+) ([^;{]+);", GATEWAY))
        for name in ("client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_timeout"):
            assert 0 < measured(told[name], TIMES) <= 60, name
        assert told["large_client_header_buffers"] == f"4 {MAX_ADDRESS_BYTES // 1024}k"
        assert told["limit_conn"].split()[0] == "callers"

    def test_every_proxied_way_has_its_bounds(self) -> None:
        for line in GATEWAY.splitlines():
            if "proxy_pass" in line:
                assert "limit_req zone=" in line
                assert "include /etc/nginx/platform/proxy.conf;" in line
