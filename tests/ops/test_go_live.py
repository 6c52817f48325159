"""docs/go-live.md names what there is: modules, settings, files, tables (PLAT-20). That its commands do what it says was tried by hand."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from ops.import_reference import TABLES
from ops.settings_reference import COMPOSE, settings
from services.auth.directory.registry.importing import MAX_ROWS
from services.declaration.industries import importing as industries

pytestmark = pytest.mark.req("PLAT-20")
ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "go-live.md").read_text("utf-8")


def test_every_command_is_there() -> None:
    modules = set(re.findall(r"python -m ([\w.]+)", TEXT))
    assert modules >= {"ops.first_account", "ops.import_reference", "ops.audit"}
    assert [name for name in modules if find_spec(name) is None] == []


def test_every_setting_is_one() -> None:
    known = {each.name for each in settings()} | set(COMPOSE)
    named = set(
        re.findall(r"\b((?:PLATFORM|AUTH|TRAINING|CERTIFICATES|DECLARATION|NOTIFICATIONS|GATEWAY)_[A-Z0-9_]+)\b", TEXT)
    )
    assert named - known == set()


def test_every_key_has_its_warning() -> None:
    secrets = {each.name for each in settings() if re.search("(SECRET|KEYS?)$", each.name)}
    secrets |= {name for name in COMPOSE if name.endswith("PASSWORD")}
    kept = TEXT.partition("## 3.")[2].partition("## 4.")[0]
    assert [name for name in sorted(secrets) if f"`{name}`" not in kept] == []


def test_every_column_of_a_sheet_is_told() -> None:
    for name, table in TABLES.items():
        line = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert [column.title for column in table.columns if column.title + "*" * column.required not in line] == []
        assert f"{industries.MAX_ROWS if name == 'industries' else MAX_ROWS:,} 行" in line


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
