"""Which approved template of a provider stands for a kind of our messages, as data: providers in China send nothing else. The file that
``PLATFORM_SMS_TEMPLATES`` names is JSON: service → kind → provider → ``{"code": …, "fields": {their name: our name}, "longest": 35}``, in
their order; the kind ``*`` stands for every kind of that service that has no row of its own.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

EVERY_KIND = "*"
# Every kind has it: our own words without the signature.
TEXT = "text"
Name = Annotated[str, Field(min_length=1, max_length=100)]


class TemplatesWrong(Exception):
    """The file of templates cannot be used; says where."""


class Template(BaseModel):
    """``fields`` in the order of a provider that counts its parameters; a value longer than ``longest`` is cut."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Name
    fields: dict[Name, Name] = {}
    longest: int = Field(default=35, ge=1, le=500)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """What the provider is given; a field that this message does not have is empty."""
        return {theirs: self._cut(values.get(ours, "")) for theirs, ours in self.fields.items()}

    def _cut(self, value: str) -> str:
        return value if len(value) <= self.longest else value[: self.longest - 1] + "…"


class Templates(RootModel[dict[str, dict[str, dict[str, Template]]]]):
    """The whole file."""

    def of(self, service: str, provider: str) -> dict[str, Template]:
        """By kind, those of one service at one provider."""
        kinds = self.root.get(service, {})
        return {kind: row[provider] for kind, row in kinds.items() if provider in row}


NO_TEMPLATES = Templates({})


@lru_cache(maxsize=8)
def read_templates(path: Path | None) -> Templates:
    """The templates of the file, read once by a process; none without one. Raises ``TemplatesWrong``."""
    if path is None:
        return NO_TEMPLATES
    try:
        return Templates.model_validate_json(path.read_bytes())
    except OSError as error:
        raise TemplatesWrong(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise TemplatesWrong(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def check_templates(templates: Templates, service: str, catalogue: Mapping[str, Collection[str]]) -> None:
    """Every kind of the service's part is one of the ``catalogue``, and every field one that it has. Raises ``TemplatesWrong``."""
    common = set.intersection(*map(set, catalogue.values())) if catalogue else set()
    for kind, row in templates.root.get(service, {}).items():
        if kind != EVERY_KIND and kind not in catalogue:
            raise TemplatesWrong(f"{service}: there is no kind {kind}")
        known = {TEXT, *catalogue.get(kind, common)}
        for provider, template in row.items():
            if unknown := sorted(set(template.fields.values()) - known):
                raise TemplatesWrong(f"{service}.{kind}.{provider}: the kind has no field {', '.join(unknown)}")
