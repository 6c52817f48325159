"""Every setting can be reached from .env, is explained, and is read by somebody: none can be forgotten in one of the lists."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from ops.docs import pages
from ops.settings_reference import BY_LAYOUT, COMPOSE, READERS, example_page, settings
from shared.services import Service
from shared.settings import PlatformSettings

pytestmark = pytest.mark.req("PLAT-20")
ROOT = Path(__file__).resolve().parents[2]
LAYOUT: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
ENVIRONMENT: dict[str, Any] = {
    name: value for told in LAYOUT["x-environments"].values() for name, value in told.items()
}
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
SET_BY_HAND = sorted({each.name for each in settings()} - BY_LAYOUT)


class TestReach:
    @pytest.mark.parametrize("name", SET_BY_HAND)
    def test_what_an_operator_sets_in_env_reaches_the_containers(self, name: str) -> None:
        """A line ``NAME:`` in docker-compose.yml's environments passes it on as it is."""
        assert name in ENVIRONMENT, f"add a line to docker-compose.yml: {name}:"
        assert ENVIRONMENT[name] is None or f"${{{name}" in str(ENVIRONMENT[name])
        assert re.search(rf"(?m)^{name}=", EXAMPLE), "make docs"

    def test_the_layout_says_the_rest(self) -> None:
        for name in BY_LAYOUT:
            assert ENVIRONMENT[name], name
            assert not re.search(rf"(?m)^{name}=", EXAMPLE)

    def test_nothing_is_passed_on_twice_or_that_nobody_reads(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text("utf-8")
        block = text.partition("\nx-environments:\n")[2].partition("\nx-platform:")[0]
        told = Counter(re.findall(r"(?m)^    (\w+):", block))
        assert set(told) == {each.name for each in settings()}
        # What some services read is said for each of them.
        assert {name for name, times in told.items() if times > 1} == {"PLATFORM_BLIND_INDEX_KEY"}

    def test_the_example_holds_nothing_else(self) -> None:
        assert set(re.findall(r"(?m)^(\w+)=", EXAMPLE)) == {*SET_BY_HAND, *COMPOSE}

    def test_every_service_has_its_class_here(self) -> None:
        files = sorted(ROOT.glob("services/*/settings.py"))
        assert {f"services.{path.parent.name}.settings" for path in files} | {"shared.settings"} == {
            owner.__module__ for owner in READERS
        }


class TestMeaning:
    @pytest.mark.parametrize("owner", READERS)
    def test_each_is_explained_in_chinese_and_may_be_left_empty(self, owner: type[BaseSettings]) -> None:
        assert owner.model_config["env_ignore_empty"] is True
        for name, field in owner.model_fields.items():
            assert re.search("[一-鿿]", field.description or ""), name

    def test_each_is_read_by_somebody(self) -> None:
        code = [path for room in ("shared", "services") for path in (ROOT / room).rglob("*.py")]
        read = "\n".join(path.read_text("utf-8") for path in code)
        names = [name for owner in READERS for name in owner.model_fields]
        by_service = {f"database_password_{service}" for service in Service}
        assert "database_password_{service}" in read
        assert [name for name in names if name not in by_service and not re.search(rf"\.{name}\b", read)] == []

    def test_a_fresh_environment_means_the_defaults(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        script, target = str(ROOT / "ops" / "new_env.sh"), tmp_path / "env"
        subprocess.run([script], env={"PATH": "/usr/bin:/bin", "ENV_FILE": str(target)}, check=True)
        given = dict(re.findall(r"(?m)^(\w+)=(.*)$", target.read_text("utf-8")))
        secrets = {name for name in SET_BY_HAND if not re.search(rf"(?m)^{name}=.+$", EXAMPLE) and given[name]}
        for name in SET_BY_HAND:
            monkeypatch.setenv(name, given[name])
        for name in ("PLATFORM_REDIS_URL", "PLATFORM_STORAGE_URL"):  # compose's own where nothing is said
            monkeypatch.setenv(name, str(ENVIRONMENT[name]).partition(":-")[2].removesuffix("}"))
        differing = {"smtp_host", "mail_from"}  # the catcher of a demo, as a container names it
        for name in BY_LAYOUT:
            monkeypatch.setenv(name, "10.0.0.1" if name == "PLATFORM_TRUSTED_PROXIES" else "/x")
        for owner in READERS:
            made = owner()
            for name, field in owner.model_fields.items():
                made_fresh = f"{owner.model_config['env_prefix']}{name.upper()}" in secrets
                if not (field.is_required() or made_fresh or name in differing | {"secure_cookie", *_by_layout(owner)}):
                    assert getattr(made, name) == field.default, name


def _by_layout(owner: type[BaseSettings]) -> list[str]:
    prefix = owner.model_config["env_prefix"]
    return [name for name in owner.model_fields if f"{prefix}{name.upper()}" in BY_LAYOUT]


class TestDocuments:
    def test_they_say_what_the_code_says(self) -> None:
        made = pages()
        for path in (ROOT / "docs" / "settings.md", ROOT / ".env.example"):
            assert path.read_text("utf-8") == made[path], "make docs"

    def test_the_head_of_the_example_stays_as_people_wrote_it(self) -> None:
        own = "# mine\nAUTH_LOCK_HOURS=9\n"
        made = example_page(own)
        assert made.startswith(own)
        assert made.count("AUTH_LOCK_HOURS=") == 1
        assert example_page(made) == made


class TestCookie:
    @pytest.mark.parametrize(
        ("address", "said", "secure"),
        [
            ("https://zyjk.example.cn", "", True),
            ("http://127.0.0.1:8080", "", False),
            ("https://zyjk.example.cn", "false", False),
            ("http://127.0.0.1:8080", "true", True),
        ],
    )
    def test_it_follows_the_public_address_unless_told(
        self, platform: object, monkeypatch: pytest.MonkeyPatch, address: str, said: str, *, secure: bool
    ) -> None:
        monkeypatch.setenv("PLATFORM_PUBLIC_URL", address)
        monkeypatch.setenv("PLATFORM_SECURE_COOKIE", said)
        assert PlatformSettings().secure_cookie is secure
