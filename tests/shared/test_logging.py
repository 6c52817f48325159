"""A line of the log holds the fields that docs/operations.md names, and no secret in clear (PLAT-10)."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import traces
from shared.logging import configure_logging, correlation_id, get_logger

ROOT = Path(__file__).resolve().parents[2]
BEFORE = f"00-{'a' * 32}-{'b' * 16}-01"
# What a call says besides fields.
NOT_FIELDS = {"exc_info", "stack_info", "extra"}
pytestmark = pytest.mark.req("PLAT-10")


@pytest.fixture
def _configured() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("training")
    yield
    root.handlers, root.level = before


def documented() -> dict[str, str]:
    """Field by field, from the table of the page."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    section = page.partition("\n## Logs\n")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| ((?:`\w+`(?:, )?)+) \| (.+) \|$", section)
    return {name: meaning for names, meaning in rows for name in re.findall(r"\w+", names)}


def fields_said() -> set[str]:
    """The fields of every line that the code writes, read from its calls."""
    found: set[str] = set()
    for path in (path for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                found |= {word.arg for word in node.keywords if word.arg}
    return found - NOT_FIELDS


@pytest.mark.usefixtures("_configured")
def test_a_line_is_json_and_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("training")
    correlation_id.set("d" * 32)
    log = get_logger("tests.line")
    try:
        raise ValueError("13851420617")
    except ValueError:
        log.warning("something_happened", reason="身份证320102199001011234", exc_info=True)
    line = json.loads(capsys.readouterr().err)
    assert set(line) == {"service", "event", "level", "timestamp", "correlation_id", "reason", "exception"}
    assert set(line) <= set(documented())
    assert "13851420617" not in str(line)
    assert "320102199001011234" not in str(line)


def test_every_field_is_documented() -> None:
    """A field that the code says and the page does not, or the page and nobody, is found here."""
    always = {"service", "event", "level", "timestamp", "correlation_id", "trace_id", "span_id", "exception"}
    of_requests = {"method", "route", "status", "ms", "address", "actor", "reason"}
    assert fields_said() | always | of_requests == set(documented())


@pytest.mark.usefixtures("_configured")
def test_a_line_names_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("training")
    traces.begin("http://127.0.0.1:9", "", 1)
    log = get_logger("tests.traced")
    try:
        with traces.follow(BEFORE, "work"):
            log.info("inside")
        log.info("outside")
    finally:
        traces.end()
    inside, outside = (json.loads(line) for line in capsys.readouterr().err.splitlines()[:2])
    assert inside["trace_id"] == "a" * 32
    assert len(inside["span_id"]) == 16
    assert "trace_id" not in outside
