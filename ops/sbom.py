"""``python -m ops.sbom FOLDER``: what a release is made of, from the locked lists alone: ``sbom.json`` (CycloneDX 1.6) and
``licences.md``, each package with its version, its licence and whether it runs in the product or only helps to build and test it. The same
lists give the same files. Licences of Python packages are read from what is installed here; a package of another system has none.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[1]
# The lists of Python packages, and whether what they name runs in the product.
LISTS: Mapping[str, bool] = {"runtime": True, "embedded": True, "dev": False}
_PINNED = re.compile(r"(?m)^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_OSI = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Package:
    """``runs`` is False for what only builds and tests; ``digest`` is a SHA-512 in hex, where the list has one of the whole package."""

    kind: str
    name: str
    version: str
    licence: str = UNKNOWN
    runs: bool = True
    digest: str = ""

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{quote(self.name, safe='/')}@{quote(self.version)}"


def python_packages() -> Iterator[Package]:
    """Each version once; what two lists name runs in the product when one of them does."""
    found: dict[str, Package] = {}
    for name, runs in LISTS.items():
        for package, version in _PINNED.findall((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")):
            plain = re.sub(r"[-_.]+", "-", package).lower()
            found.setdefault(f"{plain} {version}", Package("pypi", plain, version, _licence_of(package), runs))
    yield from found.values()


def _licence_of(package: str) -> str:
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return UNKNOWN
    said = " ".join(told.get_all("License-Expression") or ())
    classes = [found[1] for each in told.get_all("Classifier") or () if (found := _OSI.fullmatch(each))]
    classes = [each for each in classes if each != "OSI Approved"]
    # The old field may hold a whole licence; its first line is its name then.
    free = "".join(told.get_all("License") or ()).strip().splitlines()
    return said or " / ".join(sorted(set(classes))) or (free[0][:80] if free else UNKNOWN)


def portal_packages() -> Iterator[Package]:
    """What the portal's lock names; what is for development only builds it."""
    locked: dict[str, Any] = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    for path, entry in locked.items():
        if not path or entry.get("link"):
            continue
        name = entry.get("name") or path.rpartition("node_modules/")[2]
        kind, _, coded = entry.get("integrity", "").partition("-")
        digest = base64.b64decode(coded).hex() if kind == "sha512" else ""
        runs = not (entry.get("dev") or entry.get("devOptional"))
        yield Package("npm", name, entry["version"], entry.get("license", UNKNOWN), runs, digest)


def packages() -> list[Package]:
    """Everything, in one order."""
    return sorted({each.purl: each for each in (*python_packages(), *portal_packages())}.values())


def sbom_of(found: Sequence[Package]) -> dict[str, Any]:
    """The document; it says nothing of when it was made, so that two of one release are the same."""
    components = [
        {
            "type": "library",
            "bom-ref": each.purl,
            "name": each.name,
            "version": each.version,
            "purl": each.purl,
            "scope": "required" if each.runs else "excluded",
            "licenses": [{"license": {"name": each.licence}}] if each.licence != UNKNOWN else [],
            **({"hashes": [{"alg": "SHA-512", "content": each.digest}]} if each.digest else {}),
        }
        for each in found
    ]
    named = uuid5(NAMESPACE_URL, "\n".join(each.purl for each in found))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{named}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "platform", "name": "occupational-health-platform"}
        },
        "components": components,
    }


def licences_of(found: Sequence[Package]) -> str:
    """The list for people: what runs in the product first."""
    lines = ["# Licences", "", "Made by `make sbom` from the locked lists."]
    for title, runs in (("In the product", True), ("For building and testing only", False)):
        rows = [each for each in found if each.runs is runs]
        lines += ["", f"## {title} ({len(rows)})", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {each.name} ({each.kind}) | {each.version} | {each.licence} |" for each in rows]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str]) -> int:
    if len(words) != 1 or words[0].startswith("-"):
        print(__doc__)
        return 2
    folder, found = Path(words[0]), packages()
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(sbom_of(found), ensure_ascii=False, indent=1) + "\n"
    (folder / "sbom.json").write_text(written, "utf-8")
    (folder / "licences.md").write_text(licences_of(found), "utf-8")
    print(f"{len(found)} packages: {folder / 'sbom.json'}, {folder / 'licences.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
