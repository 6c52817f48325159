"""A person's look at the printed certificate: every character and the photo are there, the fonts are inside, and the QR leads to a
page that says valid. Text extraction is not enough: it looks right over empty boxes.
"""

import io
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

from ops.journey.play import Play, expect

DOTS = 200 / 72


async def look_at_the_paper(play: Play) -> str:
    rare = next(item for item in play.facts["certificates"] if "䶮" in item["holder_name"])
    answer = await play.unit.get(f"/api/certificates/certificates/{rare['id']}/pdf")
    fonts = embedded_fonts(answer.content)
    expect(fonts and all("Noto" in name and "SC" in name for name in fonts), "every font is embedded and ours", fonts)
    expect(_has_photo(answer.content), "the photo of the person's file is on the page")
    page, image = _page(answer.content)
    for name in rare["holder_name"]:
        expect(_ink(page, image, name) > 0.02, f"“{name}” is drawn on the page")
    codes = [code.text for code in zxingcpp.read_barcodes(image)]
    expect(len(codes) == 1 and "/verify/" in codes[0], "one QR that leads to the check", codes)
    path = "/verify/" + codes[0].rsplit("/verify/", 1)[1]
    checked = await play.public.get(path)
    expect(checked.status_code == 200 and "有效" in checked.text, "the public page says valid", checked.text[:400])
    expect(rare["number"] in checked.text, "and shows the number", checked.text[:400])
    expect(rare["holder_name"] not in checked.text, "but masks the name")
    return f"{rare['holder_name']} 的证书逐字可见，字体已嵌入，照片在位，扫码查验：有效"


def embedded_fonts(pdf: bytes) -> set[str]:
    """Names of the fonts of the first page, each of which must carry its font file."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts: Any = document.pages[0].Resources.Font
        names = set()
        for font in fonts.values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = inner.FontDescriptor
            expect(any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")), "an embedded font file")
            names.add(str(font.BaseFont))
        return names


def _has_photo(pdf: bytes) -> bool:
    """Whether the first page shows a picture in the shape of 25 x 35 mm."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pictures: Any = document.pages[0].images
        shapes = [int(each.Width) / int(each.Height) for each in pictures.values()]
    return any(abs(shape - 25 / 35) < 0.01 for shape in shapes)


def _page(pdf: bytes) -> tuple[Any, Image.Image]:
    page = pypdfium2.PdfDocument(pdf)[0]
    return page, page.render(scale=DOTS).to_pil().convert("L")


def _ink(page: Any, image: Image.Image, char: str) -> float:
    """The darkest share of the character's box, over all places where it stands."""
    text, best = page.get_textpage(), 0.0
    search = text.search(char)
    while (found := search.get_next()) is not None:
        left, bottom, right, top = text.get_charbox(found[0], loose=True)
        height = page.get_height()
        box = tuple(round(v * DOTS) for v in (left, height - top, right, height - bottom))
        region = image.crop(box)
        pixels = region.histogram()
        best = max(best, sum(pixels[:128]) / max(1, sum(pixels)))
    return best
