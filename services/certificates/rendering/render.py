"""From the content of a document to the bytes of its PDF: pure, without database, network or clock, the same input giving the same bytes.
Time limits, storage, numbering and signatures belong to the callers.
"""

from collections.abc import Iterator

from services.certificates.rendering.catalogue import kind_of
from services.certificates.rendering.contract import ROOMY, DocumentContent, DocumentKind
from services.certificates.rendering.errors import GlyphMissing, PageOverflows, TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.layout import page_to_pdf
from services.certificates.rendering.packages import fill, load_template
from services.certificates.rendering.pictures import PHOTO_URL, QR_URL, pictures_of

# Texts of up to so many characters never are the reason why a page overflows.
COMFORTABLE = 40


def render(template: str, content: DocumentContent, fonts: Fonts) -> bytes:
    """A document as PDF (CERT-06, STAFF-07, STAFF-10, AUTH-01, AUTH-06). ``template`` names a kind and a version, such as
    "certificate/v2"; ``content`` is of the kind's contract.

    Raises ``GlyphMissing`` before any layout, ``PhotoUnreadable``, ``PageOverflows``, ``UnknownTemplate``, and ``TemplateBroken`` if
    the template asks for what it may not have. ``fonts`` must not be in use by another thread.
    """
    kind = kind_of(template)
    if not isinstance(content, kind.contract):
        raise TemplateBroken(f"文书模板“{kind.label}”与内容不符，请联系系统管理人员")
    missing = fonts.missing("".join(_texts(content.model_dump(), content.has_line_breaks)))
    if missing:
        raise GlyphMissing(missing)
    files, package = pictures_of(content), load_template(template)
    addresses = {"photo_url": _known(PHOTO_URL, files), "qr_url": _known(QR_URL, files)}
    for density, most_sheets in _tries(kind):
        html = fill(package, document=content, density=density, **addresses)
        pdf = page_to_pdf(html, package.look, fonts, files, content.about(kind.label), most_sheets=most_sheets)
        if pdf is not None:
            return pdf
    raise PageOverflows(_longest(content))


def _tries(kind: DocumentKind) -> Iterator[tuple[str, int]]:
    yield from ((density, 1) for density in kind.densities)
    if kind.most_sheets > 1:
        yield ROOMY, kind.most_sheets


def _known(url: str, files: dict[str, bytes]) -> str | None:
    return url if url in files else None


def _longest(content: DocumentContent) -> tuple[str, ...]:
    lengths = content.room_takers()
    return tuple(sorted((name for name in lengths if lengths[name] > COMFORTABLE), key=lambda name: -lengths[name]))


def _texts(value: object, has_line_breaks: bool) -> Iterator[str]:
    """Every text in it; where line breaks are allowed without those, which need no glyph."""
    if isinstance(value, str):
        yield value.replace("\r", "").replace("\n", "") if has_line_breaks else value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part, has_line_breaks)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, has_line_breaks)
