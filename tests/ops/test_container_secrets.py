"""Which container is told which secret (PLAT-04): only what the table in docs/security.md says, by the environment or from a file, so that
a new one is given to nobody by accident. ``make compose-test`` looks into the containers themselves."""

import os
import re
import subprocess
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.settings_reference import READERS
from shared.db.base import KitBase
from shared.db.types import BlindIndex
from shared.services import INDEXED, Service
from shared.settings import BrokerSettings, PlatformSettings
from tests.ops.test_compose_files import APIS, COMPOSE, ROOT, SERVICES, WORKERS

pytestmark = pytest.mark.req("PLAT-04")
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
OVERLAY: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.secrets.yml").read_text("utf-8"))
SECRET = re.compile(r"(SECRET|KEYS?|PASSWORD(_[A-Z]+)?|TOKEN|REDISCLI_AUTH)$")
VARIABLES = re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", TEXT)
EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
    if "=" in line[:60] and line[0] != "#"
)
# The same secret, as the containers of others know it.
CALLED = {"REDISCLI_AUTH": "REDIS_PASSWORD", "PLATFORM_REDIS_PASSWORD": "REDIS_PASSWORD"}
# What an operator has from others, and may have none of.
GIVEN = re.compile("(SMTP|SENTINEL|QUEUE|SIGNING)_PASSWORD|(STORAGE|DKIM|SMS_[A-Z]+)_KEY$|_TOKEN$")
FROM_OTHERS = {name for name in EXAMPLE if GIVEN.search(name)}


def table() -> Mapping[str, set[str]]:
    """From docs/security.md: the containers of each secret."""
    section = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## Secrets of the containers")[2]
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", section.partition("\n## ")[0])
    return {secret: containers(words) for secret, words in rows}


def containers(words: str) -> set[str]:
    """``auth`` is all containers of the service, ``auth-api`` the one, ``workers of auth`` those that are no API."""
    found = set()
    for each in re.findall(r"workers of [a-z]+|[a-z][a-z-]*", words):
        service = each.rpartition(" ")[2]
        all_of = [name for name in SERVICES if name.partition("-")[0] == service]
        found |= {name for name in all_of if not (each.startswith("workers") and name.endswith("-api"))}
        found |= {each} & set(SERVICES)
    return found


def told(layout: Mapping[str, Any], suffix: str = "") -> dict[str, set[str]]:
    """Secret to the containers in whose environment it, or with ``_FILE`` its place, stands."""
    found: dict[str, set[str]] = {}
    for name, service in layout.items():
        for variable in service.get("environment") or {}:
            bare = variable.removesuffix(suffix)
            if variable.endswith(suffix) and SECRET.search(bare):
                found.setdefault(CALLED.get(bare, bare), set()).add(name)
    return found


class TestWhoIsTold:
    def test_the_environment_is_as_the_table_says(self) -> None:
        assert told(SERVICES) == table()

    def test_the_files_are_as_the_table_says(self) -> None:
        services = OVERLAY["services"]
        given = {
            secret: {name for name in services if secret in services[name]["secrets"]} for secret in OVERLAY["secrets"]
        }
        assert given == told(services, "_FILE") == table()

    def test_a_place_is_where_the_file_is(self) -> None:
        for name, service in OVERLAY["services"].items():
            for variable, place in service["environment"].items():
                bare = variable.removesuffix("_FILE")
                assert place == f"/run/secrets/{CALLED.get(bare, bare)}", name

    def test_no_secret_has_another_name(self) -> None:
        secrets = {name for name, _ in VARIABLES if SECRET.search(name)}
        for name, service in SERVICES.items():
            for variable, value in (service.get("environment") or {}).items():
                used = set(re.findall(r"\$\{(\w+)", str(value))) & secrets
                assert used <= {CALLED.get(variable, variable)}, (name, variable)

    @pytest.mark.parametrize("name", [*APIS, *WORKERS])
    def test_a_container_is_told_what_its_service_reads(self, name: str) -> None:
        """A service's own settings, and all of the platform's but secrets of others."""
        service = name.partition("-")[0]
        has = set(SERVICES[name]["environment"])
        others = {secret for secret, holders in table().items() if name not in holders}
        for owner in READERS:
            theirs = {f"{owner.model_config['env_prefix']}{field.upper()}" for field in owner.model_fields} - others
            reads = owner is PlatformSettings or owner.__module__ == f"services.{service}.settings"
            assert theirs & has == (theirs if reads else set()), owner.__name__

    def test_what_runs_no_task_knows_no_key(self) -> None:
        broker = {f"PLATFORM_{field.upper()}" for field in BrokerSettings.model_fields}
        assert set(SERVICES["beat"]["environment"]) == broker | {"PLATFORM_CACHE_DIR"}
        assert set(SERVICES["gateway"]["environment"]) == {"GATEWAY_TRUSTED_PROXY"}
        assert set(SERVICES["redis"]["environment"]) == {"REDISCLI_AUTH"}


class TestWhoNeedsIt:
    """The table against the code: whoever is told a secret uses it."""

    @pytest.mark.parametrize("service", Service)
    def test_the_index_key_is_where_an_index_is(self, service: Service) -> None:
        tables = [*import_module(f"services.{service}.tables").METADATA.sorted_tables, *KitBase.metadata.sorted_tables]
        indexed = any(isinstance(column.type, BlindIndex) for each in tables for column in each.columns)
        makes = re.compile(r"\bblind_index\(|\.keyed_hashes\(|\.is_hash_of\(")
        assert (service in INDEXED) == (indexed or bool(makes.search(code_of(service)))) == indexed
        assert (f"{service}-api" in table()["PLATFORM_BLIND_INDEX_KEY"]) == indexed

    @pytest.mark.parametrize("name", [*APIS, *WORKERS])
    def test_the_providers_token_is_where_text_messages_leave(self, name: str) -> None:
        service, lane = name.split("-")
        hands_over = "sms_route(" in code_of(Service(service)) and lane != "api"
        assert (name in table()["PLATFORM_SMS_TOKEN"]) == hands_over

    def test_each_service_enters_its_database_with_its_own_password(self) -> None:
        for service in Service:
            secret = f"PLATFORM_DATABASE_PASSWORD_{service.upper()}"
            assert table()[secret] == containers(service) | {"migrate"}
        assert {f"database_password_{service}" for service in Service} == {
            name for name in PlatformSettings.model_fields if name.startswith("database_password")
        }
        (address,) = {str(SERVICES[name]["environment"]["PLATFORM_DATABASE_URL"]) for name in [*APIS, *WORKERS]}
        assert address == "postgresql+psycopg://{service}@postgres:5432/{service}"


def code_of(service: Service) -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "services" / service).rglob("*.py"))


class TestNoneIsLeftOut:
    def test_none_has_a_default(self) -> None:
        secrets = {(name, rest) for name, rest in VARIABLES if SECRET.search(name)}
        assert {name for name, _ in secrets} == set(table()) - FROM_OTHERS
        # Empty where it comes from a file; whoever needs it and has neither does not start.
        assert {rest for _, rest in secrets} == {"?"}
        for name in table():
            assert EXAMPLE[name] == ""

    def test_the_example_names_all_that_is_asked_for(self) -> None:
        environments = [service.get("environment", {}) for service in SERVICES.values()]
        passed_on = {name for each in environments for name, value in each.items() if value is None}
        assert {name for name, _ in VARIABLES} - {"COMPOSE_PROJECT_NAME"} | passed_on == set(EXAMPLE)

    @pytest.mark.parametrize("how", ["environment", "file", "none", "empty", "empty file"])
    def test_redis_does_not_start_without_a_password(self, how: str, tmp_path: Path) -> None:
        server, file = tmp_path / "redis-server", tmp_path / "password"
        server.write_text("#!/bin/sh\ncat\n")
        server.chmod(0o700)
        file.write_text("" if how == "empty file" else "of-redis\n")
        given = {
            "environment": {"REDISCLI_AUTH": "of-redis"},
            "file": {"REDISCLI_AUTH": "", "REDISCLI_AUTH_FILE": str(file)},
            "empty": {"REDISCLI_AUTH": ""},
            "empty file": {"REDISCLI_AUTH_FILE": str(file)},
        }.get(how, {})
        script = SERVICES["redis"]["command"][2].replace("$$", "$")
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        shell = subprocess.run(["sh", "-c", script], env={**path, **given}, capture_output=True)
        assert (
            (shell.returncode, shell.stdout) == (0, b"requirepass of-redis\n")
            if how in {"environment", "file"}
            else (shell.returncode != 0 and not shell.stdout)
        )

    def test_the_build_sees_no_secrets(self) -> None:
        lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        rules = [line for line in lines if line and line[0] != "#"]
        assert rules[0] == "*"
        assert not [rule for rule in rules if rule.startswith(("!.", "!var", "!secrets"))]
        assert {".env", "secrets/"} <= set((ROOT / ".gitignore").read_text("utf-8").split())


class Kept:
    """An ``.env`` in a folder of its own, and the scripts that are run on it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.files = folder / "env", folder / "secrets"

    def run(self, script: str, *words: str) -> "subprocess.CompletedProcess[bytes]":
        owner = {"SECRETS_USER": str(os.getuid()), "SECRETS_GROUP": str(os.getgid())}
        places = {"ENV_FILE": str(self.path), "SECRETS_DIR": str(self.files)}
        command = ["sh", str(ROOT / "ops" / script), *words]
        return subprocess.run(command, env={"PATH": os.environ["PATH"], **places, **owner}, capture_output=True)

    def lines(self) -> dict[str, str]:
        text = self.path.read_text("utf-8")
        return dict(line.split("=", 1) for line in text.splitlines() if line and line[0] != "#")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


class TestTheFile:
    def test_a_new_environment_has_fresh_secrets(self, kept: Kept, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        other = Kept(tmp_path / "other")
        for each in (kept, other):
            assert each.run("new_env.sh", "PLATFORM_DEMO=1").returncode == 0
        made = kept.lines()
        assert made["PLATFORM_DEMO"] == "1"
        for name in set(table()) - FROM_OTHERS:
            assert len(made[name]) >= 44
            assert made[name] != other.lines()[name]
        assert len({made[name] for name in set(table()) - FROM_OTHERS}) == len(set(table()) - FROM_OTHERS)
        assert kept.path.stat().st_mode & 0o077 == 0

    def test_one_that_is_there_is_not_changed(self, kept: Kept) -> None:
        kept.run("new_env.sh", "PLATFORM_DEMO=1")
        before = kept.path.read_text("utf-8")
        assert kept.run("new_env.sh", "PLATFORM_DEMO=0").returncode == 0
        assert kept.path.read_text("utf-8") == before

    def test_one_of_an_earlier_release_is_completed(self, kept: Kept) -> None:
        """Passwords of its services come new: migrate gives them to the roles. What it has stays to the letter."""
        kept.run("new_env.sh")
        late = [
            name for name in EXAMPLE if "DATABASE_PASSWORD" in name or name in {"AUTH_PROOF_KEY", "AUTH_CODE_TRIES"}
        ]
        text = kept.path.read_text("utf-8")
        old = "".join(line for line in text.splitlines(True) if line.partition("=")[0] not in late)
        kept.path.write_text(f"{old}DATABASE_PASSWORD=of before".rstrip("\n"))
        told = kept.run("new_env.sh").stderr.decode()
        now = kept.lines()
        assert kept.path.read_text("utf-8").startswith(f"{old}DATABASE_PASSWORD=of before\n")
        assert re.findall(r"added: (\w+)", told) == [name for name in EXAMPLE if name in late]
        assert set(now) == {*EXAMPLE, "DATABASE_PASSWORD"}
        assert {len(now[name]) for name in late if name != "AUTH_CODE_TRIES"} == {64}
        assert kept.path.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize("name", ["PLATFORM_FIELD_KEYS", "PLATFORM_SIGNING_KEY", "POSTGRES_PASSWORD"])
    def test_a_key_that_data_need_is_not_made_anew(self, kept: Kept, name: str) -> None:
        kept.run("new_env.sh")
        text = re.sub(rf"(?m)^{name}=.*\n", "", kept.path.read_text("utf-8"))
        kept.path.write_text(text)
        refused = kept.run("new_env.sh")
        assert (refused.returncode, kept.path.read_text("utf-8")) == (2, text)
        assert f"缺少 {name}" in refused.stderr.decode()

    def test_a_misspelt_name_is_refused(self, kept: Kept) -> None:
        assert kept.run("new_env.sh", "PLATFORM_DEMOS=1").returncode == 2
        assert not kept.path.exists()


class TestTheFiles:
    def test_out_and_in_again(self, kept: Kept) -> None:
        kept.run("new_env.sh", "PLATFORM_SMS_TOKEN=令牌")
        text, before = kept.path.read_text("utf-8"), kept.lines()
        for _ in range(2):
            assert kept.run("secret_files.sh", "out").returncode == 0
            assert {path.name for path in kept.files.iterdir()} == set(table())
            for path in kept.files.iterdir():
                assert path.read_text("utf-8") == before[path.name] + "\n"
                assert path.stat().st_mode & 0o777 == (0o640 if path.name == "REDIS_PASSWORD" else 0o600)
            left = kept.lines()
            assert {name for name, value in left.items() if value and name in table()} == set()
            assert left["COMPOSE_FILE"] == "docker-compose.yml:docker-compose.secrets.yml"
            assert kept.files.stat().st_mode & 0o077 == 0
        assert kept.run("secret_files.sh", "in").returncode == 0
        assert (kept.path.read_text("utf-8"), list(kept.files.iterdir())) == (text, [])

    def test_a_new_secret_goes_out_beside_the_others(self, kept: Kept) -> None:
        kept.run("new_env.sh")
        kept.run("secret_files.sh", "out")
        before = (kept.files / "PLATFORM_FIELD_KEYS").read_text("utf-8")
        kept.path.write_text(
            kept.path.read_text("utf-8").replace("PLATFORM_SMS_TOKEN=\n", "PLATFORM_SMS_TOKEN=later\n")
        )
        kept.run("secret_files.sh", "out")
        assert (kept.files / "PLATFORM_SMS_TOKEN").read_text("utf-8") == "later\n"
        assert (kept.files / "PLATFORM_FIELD_KEYS").read_text("utf-8") == before

    def test_without_its_files_nothing_comes_back(self, kept: Kept) -> None:
        kept.run("new_env.sh")
        kept.run("secret_files.sh", "out")
        (kept.files / "PLATFORM_SIGNING_KEY").unlink()
        text = kept.path.read_text("utf-8")
        assert kept.run("secret_files.sh", "in").returncode == 2
        assert kept.path.read_text("utf-8") == text


def test_only_named_secrets_are_files() -> None:
    assert {each["file"] for each in OVERLAY["secrets"].values()} == {
        f"${{SECRETS_DIR:-./secrets}}/{name}" for name in OVERLAY["secrets"]
    }
    assert OVERLAY.keys() & COMPOSE.keys() == {"services"}
