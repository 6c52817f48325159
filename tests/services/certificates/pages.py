"""What a printed page shows, for tests: its pixels, its characters with their places, and the fonts it carries. Extracted text alone would
look right even where the page shows empty boxes.
"""

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image

MM = 150 / 25.4
# Where the portal's build has cut the fonts of its guides: that takes some seconds, and the folder's name changes with whatever it is
# made of.
CACHE = Path(__file__).resolve().parents[3] / ".venv" / "guides"


def pixels(pdf: bytes) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    return picture.convert("L")


def character_boxes(pdf: bytes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Each visible character of the page with its ink as left, top, right, bottom in millimetres from the upper left."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text, height, millimetre = page.get_textpage(), page.get_height(), 25.4 / 72
    # pdfium counts a character beyond the basic plane as two.
    halves = [pypdfium2.raw.FPDFText_GetUnicode(text, place) for place in range(text.count_chars())]
    found = []
    for place, half in enumerate(halves):
        if 0xDC00 <= half < 0xE000:
            continue
        pair = halves[place : place + 2] if 0xD800 <= half < 0xDC00 else [half]
        char = b"".join(unit.to_bytes(2, "little") for unit in pair).decode("utf-16-le")
        left, bottom, right, top = text.get_charbox(place)
        if char.strip():
            box = (left, height - top, right, height - bottom)
            found.append((char, (box[0] * millimetre, box[1] * millimetre, box[2] * millimetre, box[3] * millimetre)))
    return found


def picture_file(mode: str, kind: str) -> bytes:
    """A photo of noise, as it would be uploaded."""
    out = BytesIO()
    Image.effect_noise((300, 420), 90).convert(mode).save(out, format=kind)
    return out.getvalue()


def ink(picture: Image.Image) -> int:
    return picture.point(lambda level: 1 if level < 128 else 0).histogram()[1]


def font_names(pdf: bytes) -> list[bytes]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [bytes(o.BaseFont) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o]


def colour_of_photo(pdf: bytes) -> str | None:
    """What the page shows where the photo stands: red, blue, or None for neither."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil().convert("RGB")
    red, _, blue = page.getpixel((round(45.5 * MM), round(80 * MM)))
    return "red" if red > blue + 100 else "blue" if blue > red + 100 else None
