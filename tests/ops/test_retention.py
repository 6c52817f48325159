"""One command says what goes when, why, and how much went; it takes away what the operator's settings say, wherever it is run (PLAT-19)."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from ops.retention import rules_of, run
from shared.db.migrations import ROOT
from shared.identifiers import new_id
from shared.services import Service
from shared.settings import platform_settings

pytestmark = [pytest.mark.req("PLAT-19"), pytest.mark.usefixtures("platform")]


def settings_of_rules() -> set[str]:
    return {rule.setting for service in Service for rule in rules_of(service, platform_settings())}


async def test_each_rule_is_told_with_its_days_and_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run([]) == 0
    told = capsys.readouterr().out
    for service in Service:
        for rule in rules_of(service, platform_settings()):
            line = next(line for line in told.splitlines() if line.startswith(f"{service} {rule.what} "))
            assert f"{rule.days()} 天" in line
            assert rule.setting in line
            assert rule.source in line
    assert "变更记录的时间、操作、摘要 when and what of histories, their digests: 永久" in told


async def test_files_that_no_row_names_are_named_and_left_there(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(unquote(urlsplit(platform_settings().storage_url).path))
    stray = folder / f"training/attachments/{new_id()}"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"left behind")
    os.utime(stray, (0, 0))
    assert await run(["--files"]) == 0
    assert f"11 training/attachments/{stray.name}" in capsys.readouterr().out
    assert await run([]) == 0
    assert "--files names them" in capsys.readouterr().out
    assert stray.exists()
    stray.unlink()


async def test_a_log_that_is_whole_has_nothing_to_step_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(["--go-on", "declaration", "certificates"]) == 1
    assert "its log is whole" in capsys.readouterr().out


def test_where_it_is_run_in_compose_the_operators_settings_are_known() -> None:
    """Defaults in their place would take away what somebody wants to keep."""
    migrate = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["migrate"]
    assert settings_of_rules() <= set(migrate["environment"])


def test_the_manual_names_each() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in settings_of_rules() if f"`{name}`" not in manual] == []
