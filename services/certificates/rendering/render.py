"""From a document to the bytes of its PDF: pure, without database, network or clock, the same input giving the same bytes.
Time limits, storage, numbering and signatures belong to the callers.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pydyf
import segno
from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from PIL import Image
from weasyprint import CSS, HTML, Document
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from services.certificates.rendering.contract import CertificateDocument
from services.certificates.rendering.errors import GlyphMissing, PageOverflows, TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.photo import printable_photo

TEMPLATE_VERSION = "certificate/v1"
TEMPLATES = Path(__file__).parents[1] / "templates"
PHOTO_URL = "certificate:photo"
QR_URL = "certificate:qr"
QR_MASK = 3
# Texts of up to so many characters never are the reason why a page overflows.
COMFORTABLE = 40
# Tried in order: the first that leaves everything on one sheet is taken.
DENSITIES = ("roomy", "dense", "tight")


@dataclass(frozen=True)
class PageTemplate:
    """``artwork`` lies beneath the first sheet: the deflated operators of a drawing, or None where the style draws all."""

    page: Template
    style: CSS
    artwork: bytes | None


class Page(HTML):  # type: ignore[misc]  # the package carries no types
    """A page whose own style sheet says everything: matching a browser's 250 lines of defaults against each element takes
    longer than all of ours."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


class RegisteredFiles:
    """Gives the pictures that were registered under a name for this one document, and stops the rendering for any other
    address: no file, no network, no blank picture."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def __call__(self, url: str) -> URLFetcherResponse:
        """The registered bytes; raises ``FatalURLFetchingError``, the one error that WeasyPrint does not swallow."""
        if url not in self._files:
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(url, self._files[url])


def render_certificate(document: CertificateDocument, fonts: Fonts) -> bytes:
    """One A4 sheet, landscape, as PDF (CERT-06, STAFF-10).

    Raises ``GlyphMissing`` before any layout, ``PhotoUnreadable``, ``PageOverflows``, and ``TemplateBroken`` if the template
    asks for a file that was not registered. ``fonts`` must not be in use by another thread.
    """
    missing = fonts.missing(_printed_text(document))
    if missing:
        raise GlyphMissing(missing)
    files = {QR_URL: qr_png(document.check_url)}
    if document.photo is not None:
        files[PHOTO_URL] = printable_photo(document.photo)
    template = load_template(TEMPLATE_VERSION)
    for density in DENSITIES:
        html = template.page.render(document=document, density=density, photo_url=PHOTO_URL, qr_url=QR_URL)
        pdf = page_to_pdf(html, template, fonts, files, _about(document))
        if pdf is not None:
            return pdf
    raise PageOverflows(_longest(document))


def page_to_pdf(
    html: str,
    template: PageTemplate,
    fonts: Fonts,
    files: dict[str, bytes],
    about: Mapping[str, object],
    *,
    most_sheets: int = 1,
) -> bytes | None:
    """The PDF of a page, or None if it needs more than ``most_sheets``. ``about`` holds values of WeasyPrint's DocumentMetadata;
    its ``title`` also gives the file's identifier."""

    def finish(_: Document, pdf: pydyf.PDF) -> None:
        if template.artwork is not None:
            _lay_beneath(pdf, template.artwork)
        _deflate(pdf)

    try:
        source = Page(string=html, base_url="certificate:", url_fetcher=RegisteredFiles(files))
        laid_out = source.render(font_config=fonts.configuration, stylesheets=[template.style])
        if len(laid_out.pages) > most_sheets:
            return None
        for name, value in about.items():
            setattr(laid_out.metadata, name, value)
        identifier = hashlib.sha256(str(about.get("title")).encode()).hexdigest()[:32].encode()
        return bytes(laid_out.write_pdf(pdf_identifier=identifier, finisher=finish, uncompressed_pdf=True))
    except FatalURLFetchingError as error:
        # It is a BaseException, which would end the worker instead of the one job.
        raise TemplateBroken from error


def _lay_beneath(pdf: pydyf.PDF, artwork: bytes) -> None:
    drawing = pydyf.Stream([artwork], {"Filter": "/FlateDecode"})
    pdf.add_object(drawing)
    page = next(item for item in pdf.objects if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Page")
    page["Contents"] = pydyf.Array([drawing.reference, page["Contents"]])


def _deflate(pdf: pydyf.PDF) -> None:
    """Packs every stream once: the library itself would do it twice, as it hashes the packed file, and at the level that
    takes three times as long for two bytes in a hundred."""
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and "Filter" not in stream.extra:
            lines = (line.data if isinstance(line, pydyf.Object) else line for line in stream.stream)
            stream.stream = [zlib.compress(b"\n".join(lines), level=4)]
            stream.extra["Filter"] = "/FlateDecode"


def qr_png(url: str) -> bytes:
    """The QR of ``url`` at level M, one grey pixel per module, without a quiet zone: the page leaves it white around."""
    # The mask is fixed: any of the eight gives a valid QR, and scoring all of them takes four fifths of segno's time.
    rows = segno.make_qr(url, error="m", boost_error=False, mask=QR_MASK).matrix
    image = Image.frombytes("L", (len(rows), len(rows)), bytes(0 if cell else 255 for row in rows for cell in row))
    out = BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _about(document: CertificateDocument) -> dict[str, object]:
    """What a reader shows as the file's properties. Set here, as each ``meta`` of the page would be styled like a
    paragraph before it is left out."""
    return {
        "title": f"培训合格证书 {document.number}",
        "authors": [document.issuer],
        "description": f"{document.plan_type}培训合格证书",
        "created": f"{document.issued_on.isoformat()}T00:00:00+08:00",
    }


def _longest(document: CertificateDocument) -> tuple[str, ...]:
    """The Chinese names of what takes most room on the page, the longest first."""
    lengths = {
        "单位名称": len(document.unit_name),
        "培训班名称": len(document.plan_name),
        "培训班类型": len(document.plan_type),
        "专业类别": sum(len(label) + 1 for label in document.specialties),
        "发证机构": len(document.issuer),
        "姓名": len(document.holder_name),
    }
    return tuple(sorted((name for name in lengths if lengths[name] > COMFORTABLE), key=lambda name: -lengths[name]))


def _printed_text(document: CertificateDocument) -> str:
    texts = (
        document.number,
        document.holder_name,
        document.resident_id,
        document.unit_name,
        document.plan_type,
        document.plan_name,
        document.issuer,
        *document.specialties,
    )
    return "".join(texts)


@lru_cache(maxsize=4)
def load_template(template_version: str) -> PageTemplate:
    """The packaged template, kept for the life of the process."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["chinese_date"] = chinese_date
    folder = TEMPLATES / template_version
    artwork = folder / "artwork.svg"
    style = (folder / "style.css").read_text(encoding="utf-8")
    return PageTemplate(
        page=environment.get_template(f"{template_version}/template.html"),
        style=CSS(string=style, base_url="certificate:", url_fetcher=RegisteredFiles({})),
        artwork=_drawn(artwork.read_text(encoding="utf-8")) if artwork.exists() else None,
    )


def _drawn(svg: str) -> bytes:
    """The deflated PDF operators of a full-page drawing without text, gradients or opacity (those would need resources).
    Drawn once: parsing it for every page would cost more than all the rest of the page."""
    html = f"<style>@page {{ size: 297mm 210mm; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}</style>{svg}"
    pdf = HTML(string=html, url_fetcher=RegisteredFiles({})).write_pdf()
    with pikepdf.open(BytesIO(pdf)) as drawn:
        operators = drawn.pages[0].Contents.read_bytes()
    return zlib.compress(b"q\n" + operators + b"\nQ", level=9)
