"""From the HTML of a page to the bytes of its PDF, by WeasyPrint without a browser's style sheet. It does not know what the page says."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pydyf
from weasyprint import CSS, HTML, Document
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from services.certificates.rendering.errors import GlyphMissing, TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.tagging import tidy_structure


@dataclass(frozen=True)
class Look:
    """``artwork`` lies beneath the first sheet: the deflated operators of a drawing, or None where the style draws all. ``variant`` is
    what the file claims to be: PDF/A with tags, PDF/UA, or neither."""

    style: CSS
    artwork: bytes | None = None
    variant: str | None = None


class RegisteredFiles:
    """Gives the pictures that were registered under a name for this one document, and stops the rendering for any other
    address: no file, no network, no blank picture."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.refused = False

    def __call__(self, url: str) -> URLFetcherResponse:
        """The registered bytes; raises ``FatalURLFetchingError``, which WeasyPrint swallows in a drawing only:
        then ``refused`` tells of it."""
        if url not in self._files:
            self.refused = True
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(url, self._files[url])


class Page(HTML):  # type: ignore[misc]  # the package carries no types
    """A page whose own style sheet says everything: matching a browser's 250 lines of defaults against each element takes
    longer than all of ours."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


def page_to_pdf(
    html: str,
    look: Look,
    fonts: Fonts,
    files: Mapping[str, bytes],
    about: Mapping[str, object],
    *,
    most_sheets: int = 1,
) -> bytes | None:
    """The PDF of a page, or None if it needs more than ``most_sheets``. ``about`` holds values of WeasyPrint's DocumentMetadata;
    its ``title`` also gives the file's identifier. Raises ``TemplateBroken`` and ``GlyphMissing``."""

    registered = RegisteredFiles(files)
    try:
        source = Page(string=html, base_url="document:", url_fetcher=registered)
        laid_out = source.render(font_config=fonts.configuration, stylesheets=[look.style])
        if len(laid_out.pages) > most_sheets:
            return None
        for name, value in about.items():
            setattr(laid_out.metadata, name, value)
        identifier = hashlib.sha256(str(about.get("title")).encode()).hexdigest()[:32].encode()
        # Packed objects hold the structure of a tagged file in a third of the room.
        made = laid_out.write_pdf(
            pdf_variant=look.variant,
            pdf_identifier=identifier,
            finisher=partial(_finish, look),
            uncompressed_pdf=look.variant is None,
        )
    except FatalURLFetchingError as error:
        # It is a BaseException, which would end the worker instead of the one job.
        raise TemplateBroken from error
    if registered.refused:
        raise TemplateBroken
    return bytes(made)


def _finish(look: Look, document: Document, pdf: pydyf.PDF) -> None:
    _refuse_empty_boxes(document)
    if look.variant is not None:
        tidy_structure(pdf)
    if look.artwork is not None:
        _lay_beneath(pdf, look.artwork)
    _deflate(pdf)


def _refuse_empty_boxes(document: Document) -> None:
    """The last look, at what was drawn: also the template's own words may lack a glyph, and a font file may be gone since the start."""
    missing = dict.fromkeys(chr(code) for font in document.fonts.values() for code in font.missing)
    if missing:
        raise GlyphMissing(tuple(missing))


def _lay_beneath(pdf: pydyf.PDF, artwork: bytes) -> None:
    drawing = pydyf.Stream([artwork], {"Filter": "/FlateDecode"})
    pdf.add_object(drawing)
    page = next(item for item in pdf.objects if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Page")
    page["Contents"] = pydyf.Array([drawing.reference, page["Contents"]])


def _deflate(pdf: pydyf.PDF) -> None:
    """Packs every stream once: the library itself would do it twice, as it hashes the packed file, and at the level that
    takes three times as long for two bytes in a hundred. What the file says of itself stays readable to programs that know no PDF."""
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream):
            stream.compress = False
            if "Filter" not in stream.extra and stream.extra.get("Type") != "/Metadata":
                stream.stream = [zlib.compress(b"\n".join(map(_operator, stream.stream)), level=4)]
                stream.extra["Filter"] = "/FlateDecode"


def _operator(line: object) -> bytes:
    if isinstance(line, pydyf.Object):
        return bytes(line.data)
    return line if isinstance(line, bytes) else str(line).encode("ascii")
