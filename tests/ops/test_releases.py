"""What a release is made of is told whole, and what it leans on that may give way has an alarm (PLAT-14)."""

import json
import re

import pytest

from ops.sbom import LISTS, UNKNOWN, licences_of, packages, sbom_of
from shared.db.migrations import ROOT

pytestmark = pytest.mark.req("PLAT-14")
FOUND = packages()
DOCUMENT = (ROOT / "docs" / "weak-links.md").read_text("utf-8")
# Imported from a module whose name says that it is nobody else's.
PRIVATE = re.compile(r"(?m)^from ((\w+)(?:\.\w+)*\.(?:_\w+|\w+_impl)(?:\.\w+)*) import")
CODE = [path for room in ("shared", "services", "ops") for path in sorted((ROOT / room).rglob("*.py"))]


class TestBillOfMaterials:
    def test_every_locked_package_is_in_it(self) -> None:
        pinned = {
            f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
            for each in LISTS
            for name, version in re.findall(
                r"(?m)^([\w.\-]+)==([^\s;\\]+)", (ROOT / "requirements" / f"{each}.txt").read_text("utf-8")
            )
        }
        assert pinned == {each.purl for each in FOUND if each.kind == "pypi"}
        locked = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
        assert {each["version"] for path, each in locked.items() if path} == {
            each.version for each in FOUND if each.kind == "npm"
        }

    def test_it_is_the_same_each_time_and_names_each_once(self) -> None:
        told = sbom_of(FOUND)
        assert told == sbom_of(packages())
        names = [each["bom-ref"] for each in told["components"]]
        assert len(names) == len(set(names)) == len(FOUND)

    def test_nothing_in_the_product_asks_for_its_source(self) -> None:
        """Of several licences one may be chosen."""
        strict = re.compile(r"(?<!Lesser )General Public License|\bA?GPL")
        choices = {each.purl: re.split(r" / | OR ", each.licence) for each in FOUND if each.runs}
        assert [purl for purl, licences in choices.items() if all(map(strict.search, licences))] == []

    def test_people_read_the_same(self) -> None:
        told = licences_of(FOUND)
        assert all(f"| {each.name} ({each.kind}) | {each.version} | {each.licence} |" in told for each in FOUND)
        # What is only for other systems or Python's releases is not installed here.
        assert sum(each.licence == UNKNOWN for each in FOUND) < 25


class TestWeakLinks:
    def test_every_private_module_that_is_used_is_told(self) -> None:
        used = {found[1]: path for path in CODE for found in PRIVATE.finditer(path.read_text("utf-8"))}
        assert used
        assert [module for module in used if module not in DOCUMENT] == []

    def test_every_place_and_every_alarm_is_there(self) -> None:
        named = set(re.findall(r"`((?:shared|services|tests|ops)/[\w/]+(?:\.py|/))`", DOCUMENT))
        assert len(named) > 20
        assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

    def test_each_link_has_one_alarm_that_the_command_runs(self) -> None:
        rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
        alarms = [re.findall(r"\| `(tests/[a-z_/]*\.py)` \|", row) for row in rows]
        assert [row for row, alarm in zip(rows, alarms, strict=True) if len(alarm) != 1] == []

    def test_every_library_is_one_that_we_have(self) -> None:
        locked = "".join((ROOT / "requirements" / f"{name}.txt").read_text("utf-8").lower() for name in LISTS)
        named = re.findall(r"(?m)^\| `([\w-]+)` \|", DOCUMENT)
        assert [name for name in named if f"\n{name.lower()}==" not in f"\n{locked}"] == []
