"""What every kind of document tells the engine, whatever it is about: its content, frozen and complete in itself so that the same content
gives the same page for ever, and the kind that the content is of. What one kind adds stands in the folder of its templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ROOMY = "roomy"


class Part(BaseModel):
    """A part of a document: what is not foreseen is refused, so that nothing is left out of the page without a word."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentContent(Part):
    """What a page says. ``number`` is what the document is followed by, empty where there is none; every text in it is printed, or
    checked as if it were. ``has_line_breaks`` where a text may have several lines."""

    has_line_breaks: ClassVar[bool] = False

    number: Annotated[str, Field(max_length=60)]

    def about(self, label: str) -> Mapping[str, object]:
        """The file's properties, as values of WeasyPrint's ``DocumentMetadata``: at least ``title``. ``label`` is the kind's."""
        return {"title": f"{label} {self.number}".strip()}

    def qr_text(self) -> str | None:
        """What the QR says; None for a page without one."""
        return None

    def photo_file(self) -> bytes | None:
        """The photo of 25 x 35 mm as it was uploaded, JPEG or PNG; None for a page without one."""
        return None

    def room_takers(self) -> Mapping[str, int]:
        """The Chinese names of the texts that may be too long for the page, each with its length in characters."""
        return {}


class FormContent(DocumentContent):
    """``number`` is empty on a blank form; ``title`` heads the page and names the file. The QR says the number."""

    has_line_breaks: ClassVar[bool] = True

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    blank: bool

    def about(self, label: str) -> Mapping[str, object]:
        return {"title": f"{self.title} {self.number}".strip()}

    def qr_text(self) -> str | None:
        return self.number if self.number and not self.blank else None


class CheckedForm(FormContent):
    """A form that anybody may check: ``check_url`` is the public page about it, which certificates puts in when it prints; the QR leads
    there."""

    check_url: Annotated[str, Field(max_length=300)] = ""

    def qr_text(self) -> str | None:
        return self.check_url or super().qr_text()


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document. ``name`` is its folder of ``templates`` and ``label`` what people call it; ``current`` is the version that new
    documents are printed with; ``archived`` ones are files of PDF/A. ``densities`` are tried in order until all stands on one
    sheet; what fits in none goes on, in the roomy one, on up to ``most_sheets``. ``plain_versions`` were printed before files were
    archived and tagged, and stay as they were."""

    name: str
    label: str
    contract: type[DocumentContent]
    current: str = "v1"
    archived: bool = False
    densities: tuple[str, ...] = (ROOMY, "dense")
    most_sheets: int = 1
    plain_versions: tuple[str, ...] = ()
