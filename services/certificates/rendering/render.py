"""From a document to the bytes of its PDF: pure, without database, network or clock, the same input giving the same bytes.
Time limits, storage, numbering and signatures belong to the callers.
"""

import hashlib
import zlib
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
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from services.certificates.rendering.contract import CertificateDocument
from services.certificates.rendering.errors import GlyphMissing, PageOverflows, TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.photo import printable_photo

TEMPLATE_VERSION = "certificate/v1"
TEMPLATES = Path(__file__).parents[1] / "templates"
PHOTO_URL = "certificate:photo"
QR_URL = "certificate:qr"
# Tried in order: the first that leaves everything on one sheet is taken.
DENSITIES = ("roomy", "dense", "tight")


@dataclass(frozen=True)
class PageTemplate:
    page: Template
    style: CSS
    artwork: bytes


class RegisteredFiles(URLFetcher):  # type: ignore[misc]  # the package carries no types
    """Gives the pictures that were registered under a name for this one document, and stops the rendering for any other
    address: no file, no network, no blank picture."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self._files = files

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The registered bytes; raises ``LookupError``, which the rendering turns into ``FatalURLFetchingError``."""
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
        pdf = page_to_pdf(html, template, fonts, files, identity=f"{TEMPLATE_VERSION} {document.number}")
        if pdf is not None:
            return pdf
    raise PageOverflows


def page_to_pdf(
    html: str, template: PageTemplate, fonts: Fonts, files: dict[str, bytes], *, identity: str
) -> bytes | None:
    """The PDF of a page, or None if it needs more than one sheet. ``identity`` becomes the file's identifier."""

    def lay_beneath(_: Document, pdf: pydyf.PDF) -> None:
        artwork = pydyf.Stream([template.artwork], {"Filter": "/FlateDecode"})
        pdf.add_object(artwork)
        page = next(item for item in pdf.objects if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Page")
        page["Contents"] = pydyf.Array([artwork.reference, page["Contents"]])

    try:
        source = HTML(string=html, base_url="certificate:", url_fetcher=RegisteredFiles(files))
        laid_out = source.render(font_config=fonts.configuration, stylesheets=[template.style])
        if len(laid_out.pages) != 1:
            return None
        identifier = hashlib.sha256(identity.encode()).hexdigest()[:32].encode()
        return bytes(laid_out.write_pdf(pdf_identifier=identifier, finisher=lay_beneath))
    except FatalURLFetchingError as error:
        # It is a BaseException, which would end the worker instead of the one job.
        raise TemplateBroken from error


def qr_png(url: str) -> bytes:
    """The QR of ``url`` at level M, one grey pixel per module, without a quiet zone: the page leaves it white around."""
    rows = segno.make_qr(url, error="m", boost_error=False).matrix
    image = Image.frombytes("L", (len(rows), len(rows)), bytes(0 if cell else 255 for row in rows for cell in row))
    out = BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


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
    style = (folder / "style.css").read_text(encoding="utf-8")
    return PageTemplate(
        page=environment.get_template(f"{template_version}/template.html"),
        style=CSS(string=style, base_url="certificate:", url_fetcher=RegisteredFiles({})),
        artwork=_drawn((folder / "artwork.svg").read_text(encoding="utf-8")),
    )


def _drawn(svg: str) -> bytes:
    """The deflated PDF operators of a full-page drawing without text, gradients or opacity (those would need resources).
    Drawn once: parsing it for every page would cost more than all the rest of the page."""
    html = f"<style>@page {{ size: 297mm 210mm; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}</style>{svg}"
    pdf = HTML(string=html, url_fetcher=RegisteredFiles({})).write_pdf()
    with pikepdf.open(BytesIO(pdf)) as drawn:
        operators = drawn.pages[0].Contents.read_bytes()
    return zlib.compress(b"q\n" + operators + b"\nQ", level=9)
