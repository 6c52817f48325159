"""Which kinds of documents there are: one for each folder of ``templates`` that has a ``contract.py`` with its ``KIND``, and in it a
folder for each version with its page, style and sample. A new kind is a new folder and nothing else.
"""

import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from services.certificates.rendering.contract import DocumentContent, DocumentKind
from services.certificates.rendering.errors import UnknownTemplate

TEMPLATES = Path(__file__).parents[1] / "templates"
PACKAGE = "services.certificates.templates"
_VERSION = re.compile(r"v([1-9][0-9]{0,3})")


def kinds(contract: type[DocumentContent] = DocumentContent) -> tuple[DocumentKind, ...]:
    """Every kind whose content is such a ``contract``, by name."""
    return tuple(found for found in _catalogue(TEMPLATES, PACKAGE).values() if issubclass(found.contract, contract))


def kind(name: str) -> DocumentKind:
    """The kind of that name. Raises ``UnknownTemplate``."""
    found = _catalogue(TEMPLATES, PACKAGE).get(name)
    if found is None:
        raise UnknownTemplate(name)
    return found


def versions(name: str) -> tuple[str, ...]:
    """The versions of a kind, the oldest first. Raises ``UnknownTemplate``."""
    folder = TEMPLATES / kind(name).name
    found = (entry.name for entry in folder.iterdir() if (entry / "template.html").is_file())
    return tuple(sorted((each for each in found if _VERSION.fullmatch(each)), key=lambda each: int(each[1:])))


def current(name: str) -> str:
    """The template that new documents of a kind are printed with, such as "certificate/v2". Raises ``UnknownTemplate``."""
    return f"{name}/{kind(name).current}"


def kind_of(template: str) -> DocumentKind:
    """The kind of a template such as "certificate/v1", of which that version must be there. Raises ``UnknownTemplate``."""
    name, _, version = template.partition("/")
    found = kind(name)
    if version not in versions(name):
        raise UnknownTemplate(template)
    return found


def sample(template: str) -> DocumentContent:
    """The content that shows what a template looks like. Raises ``UnknownTemplate``."""
    found = kind_of(template)
    return found.contract.model_validate_json((TEMPLATES / template / "sample.json").read_bytes())


@lru_cache(maxsize=4)
def _catalogue(folder: Path, package: str) -> dict[str, DocumentKind]:
    names = sorted(place.parent.name for place in folder.glob("*/contract.py"))
    return {name: _read(name, package) for name in names}


def _read(name: str, package: str) -> DocumentKind:
    found = import_module(f"{package}.{name}.contract").KIND
    if not isinstance(found, DocumentKind) or found.name != name:
        raise TypeError(f"{package}.{name}.contract.KIND is no DocumentKind named {name}")
    return found
