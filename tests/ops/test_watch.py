"""What Prometheus is given agrees with what the platform shows, and each alert is explained to whoever it wakes (PLAT-10)."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.db.migrations import ROOT

pytestmark = pytest.mark.req("PLAT-10")
WATCH = ROOT / "ops" / "watch"
MANUAL = (ROOT / "docs" / "operations.md").read_text("utf-8")
RULES = yaml.safe_load((WATCH / "rules.yml").read_text("utf-8"))["groups"][0]["rules"]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
# What Prometheus and its client add by themselves.
OWN = {"up", "process_resident_memory_bytes", "process_open_fds"}
KINDS = {"Counter", "Gauge", "Histogram"}
WORDS = {"and", "by", "or", "unless", "on", "le"}


def made_in(path: Path) -> Iterator[str]:
    """The names of the metrics that a module makes."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


MADE = {name for room in ("shared", "services") for path in (ROOT / room).rglob("*.py") for name in made_in(path)}


def asked_by(expression: str) -> set[str]:
    """The names of the metrics in an expression: what is no label, no function, no number and no word of the language."""
    plain = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)", " ", re.sub(r"\"[^\"]*\"", "", expression))
    words = set(re.findall(r"\b[a-z][a-z_]+\b(?!\s*\()", plain)) - WORDS - {"max", "min", "sum"}
    return {re.sub(r"_(bucket|sum|count)$", "", word) for word in words}


def section(title: str) -> str:
    return MANUAL.partition(f"\n### {title}\n")[2].partition("\n#")[0]


def rows_of(title: str) -> list[str]:
    """The names that the first column of the section's table holds."""
    cells = re.findall(r"(?m)^\| (`[^|]+`) \|", section(title))
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


class TestFigures:
    def test_each_is_explained(self) -> None:
        assert sorted(rows_of("Figures")) == sorted(MADE)

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
    def test_an_alert_asks_for_what_there_is(self, rule: dict[str, Any]) -> None:
        assert asked_by(rule["expr"])
        assert asked_by(rule["expr"]) <= MADE | OWN

    def test_the_dashboard_asks_for_what_there_is(self) -> None:
        panels = json.loads((WATCH / "dashboard.json").read_text("utf-8"))["panels"]
        asked = [asked_by(target["expr"]) for panel in panels for target in panel["targets"]]
        assert all(asked)
        assert set().union(*asked) <= MADE | OWN


class TestAlerts:
    def test_each_is_explained(self) -> None:
        assert rows_of("Alerts of Prometheus") == [rule["alert"] for rule in RULES]

    def test_each_says_how_urgent_it_is_and_is_tried(self) -> None:
        assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}
        tried = (WATCH / "rules_test.yml").read_text("utf-8")
        by_hand = {"ProcessGrows", "DoorsTried"}  # thresholds alone
        assert {rule["alert"] for rule in RULES if f"alertname: {rule['alert']}\n" not in tried} == by_hand

    @pytest.mark.parametrize(
        "words",
        [("check", "rules", "rules.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "rules_test.yml")],
    )
    def test_prometheus_reads_and_tries_them(self, words: tuple[str, ...]) -> None:
        if (tool := shutil.which("promtool")) is None:
            pytest.skip("promtool is not here; Debian's package prometheus has it")
        done = subprocess.run([tool, *words], cwd=WATCH, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


class TestLayout:
    def test_every_process_that_shows_figures_is_asked(self) -> None:
        jobs = yaml.safe_load((WATCH / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
        asked = {job["job_name"]: set(job["dns_sd_configs"][0]["names"]) for job in jobs}
        apis = {name for name in COMPOSE["services"] if name.endswith("-api")}
        workers = {name for name in COMPOSE["services"] if name.endswith(("-fast", "-slow", "-print"))}
        assert asked == {"api": apis, "worker": workers, "second": {"certificates-print", "notifications-fast"}}

    def test_prometheus_is_bounded_as_everybody_and_reached_from_this_machine_alone(self) -> None:
        [(_, service)] = yaml.safe_load((ROOT / "docker-compose.watch.yml").read_text("utf-8"))["services"].items()
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert service["networks"] == ["back"]
        assert all(port.startswith("${WATCH_ADDRESS:-127.0.0.1}:") for port in service["ports"])
