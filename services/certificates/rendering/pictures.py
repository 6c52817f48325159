"""The pictures of a page, registered under addresses of their own: its QR and its photo. Nothing else can be shown on a page."""

from io import BytesIO

import segno
from PIL import Image

from services.certificates.rendering.contract import DocumentContent
from services.certificates.rendering.photo import printable_photo

# The addresses are in the bytes of every file: with others, no page of v1 would come out as it did.
PHOTO_URL = "certificate:photo"
QR_URL = "certificate:qr"
QR_MASK = 3


def pictures_of(content: DocumentContent) -> dict[str, bytes]:
    """Address -> file, for what the content has. Raises ``PhotoUnreadable``."""
    qr_text, photo = content.qr_text(), content.photo_file()
    files = {} if qr_text is None else {QR_URL: qr_png(qr_text)}
    if photo is not None:
        files[PHOTO_URL] = printable_photo(photo)
    return files


def qr_png(text: str) -> bytes:
    """The QR of ``text`` at level M, one grey pixel per module, without a quiet zone: the page leaves it white around."""
    # The mask is fixed: any of the eight gives a valid QR, and scoring all of them takes four fifths of segno's time.
    rows = segno.make_qr(text, error="m", boost_error=False, mask=QR_MASK).matrix
    image = Image.frombytes("L", (len(rows), len(rows)), bytes(0 if cell else 255 for row in rows for cell in row))
    out = BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
