"""The certificate page by its pixels, its embedded fonts and its bytes: extracted text would look right even where the
page shows empty boxes.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
from PIL import Image, ImageChops

from services.certificates.rendering.contract import CertificateDocument
from services.certificates.rendering.errors import GlyphMissing, PhotoUnreadable, TemplateBroken
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.render import (
    TEMPLATE_VERSION,
    TEMPLATES,
    load_template,
    page_to_pdf,
    render_certificate,
)

MM = 150 / 25.4
# Kept between runs: cutting the fonts takes some seconds, and its folder's name changes with whatever it is made of.
CACHE = Path(tempfile.gettempdir()) / "certificate-test-fonts"


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return load_fonts(CACHE)


def document(**changes: Any) -> CertificateDocument:
    data = json.loads((TEMPLATES / TEMPLATE_VERSION / "sample.json").read_text(encoding="utf-8"))
    return CertificateDocument(**{**data, **changes})


def pixels(pdf: bytes) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    return picture.convert("L")


def glyph_boxes(pdf: bytes, text: str) -> list[Image.Image]:
    """The picture of each character of ``text``, where the page first shows it."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text_page, picture, scale = page.get_textpage(), pixels(pdf), 150 / 72
    start = text_page.get_text_bounded().index(text)
    boxes = []
    for place in range(start, start + len(text)):
        left, bottom, right, top = text_page.get_charbox(place, loose=True)
        height = page.get_height()
        area = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        boxes.append(picture.crop(tuple(round(side) for side in area)))
    return boxes


def ink(picture: Image.Image) -> int:
    return sum(picture.point(lambda level: 1 if level < 128 else 0).histogram()[1:2])


def encoded(mode: str, kind: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((300, 420), 90).convert(mode).save(out, format=kind)
    return out.getvalue()


class TestCharacters:
    @pytest.mark.parametrize("name", ["张三丰", "欧阳䶮", "李㛃", "王𬭚"])
    def test_every_character_of_a_name_shows(self, fonts: Fonts, name: str) -> None:
        pdf = render_certificate(document(holder_name=name), fonts)
        boxes = glyph_boxes(pdf, name[0])
        assert all(ink(box) > 40 for box in boxes)
        with pikepdf.open(BytesIO(pdf)) as opened:
            names = {str(o.BaseFont) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}
        assert names
        assert all("NotoSerifSC" in found.replace("-", "") for found in names)

    def test_rare_characters_are_different_glyphs_and_no_boxes(self, fonts: Fonts) -> None:
        pages = [pixels(render_certificate(document(holder_name=name), fonts)) for name in ("张䶮", "张𬭚", "张㛃")]
        assert all(ImageChops.difference(pages[0], other).getbbox() for other in pages[1:])

    def test_a_common_name_embeds_the_cut_font_only(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(holder_name="张三丰"), fonts)
        assert b"GB2312" in b"".join(_font_names(pdf))
        assert len(set(_font_names(pdf))) == 1

    @pytest.mark.parametrize("bad", ["😀", "\u200b", "\ue000", "\x07"])
    def test_a_character_without_glyph_is_named(self, fonts: Fonts, bad: str) -> None:
        with pytest.raises(GlyphMissing) as refused:
            render_certificate(document(holder_name=f"张{bad}三"), fonts)
        assert refused.value.characters == (bad,)
        assert f"U+{ord(bad):04X}" in refused.value.detail


def _font_names(pdf: bytes) -> list[bytes]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [bytes(o.BaseFont) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o]


class TestPage:
    def test_markup_in_a_name_is_shown_literally(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(holder_name="<b>张</b>"), fonts)
        assert "<b>张</b>" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()

    def test_the_qr_shows_the_check_address(self, fonts: Fonts) -> None:
        shown = document()
        rows = segno.make_qr(shown.check_url, error="m", boost_error=False).matrix
        page, side = pixels(render_certificate(shown, fonts)), 27 * MM / len(rows)
        dark = page.point(lambda level: 255 if level < 128 else 0).tobytes()
        left, top = 33 * MM, _qr_top(page)
        read = [
            [
                dark[int(top + (y + 0.5) * side) * page.width + int(left + (x + 0.5) * side)] > 0
                for x in range(len(rows))
            ]
            for y in range(len(rows))
        ]
        assert read == [[bool(cell) for cell in row] for row in rows]

    def test_long_names_and_ten_specialties_stay_on_one_sheet(self, fonts: Fonts) -> None:
        labels = tuple(f"职业性放射性疾病和其他职业病诊断第{n}类" for n in range(10))
        pdf = render_certificate(document(unit_name="疾" * 60, specialties=labels, photo=encoded("RGB", "JPEG")), fonts)
        assert len(pypdfium2.PdfDocument(pdf)) == 1

    def test_without_specialties_the_line_is_left_out(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(specialties=()), fonts)
        assert "合格专业类别" not in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()

    @pytest.mark.parametrize("address", ["file:///etc/hostname", "https://platform.invalid/x.png", "x.png"])
    def test_a_template_cannot_load_anything_else(self, fonts: Fonts, address: str) -> None:
        html = f'<img src="{address}">'
        with pytest.raises(TemplateBroken):
            page_to_pdf(html, load_template(TEMPLATE_VERSION), fonts, {}, identity="x")


def _qr_top(page: Image.Image) -> int:
    """The first dark row in the strip of the page where the QR stands, lower left."""
    strip = page.crop((round(33.5 * MM), round(140 * MM), round(36 * MM), round(190 * MM)))
    box = strip.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert box is not None
    return round(140 * MM) + box[1]


class TestPhoto:
    @pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("RGB", "JPEG"), ("RGBA", "PNG"), ("L", "PNG")])
    def test_every_usual_photo_shows(self, fonts: Fonts, mode: str, kind: str) -> None:
        with_photo = pixels(render_certificate(document(photo=encoded(mode, kind)), fonts))
        assert ink(with_photo.crop((34 * MM, 68 * MM, 57 * MM, 96 * MM))) > 1000

    @pytest.mark.parametrize("damage", ["cut_png", "cut_jpeg", "text", "gif", "empty"])
    def test_a_bad_photo_is_refused(self, fonts: Fonts, damage: str) -> None:
        made: dict[str, Callable[[], bytes]] = {
            "cut_png": lambda: encoded("RGB", "PNG")[:-5000],
            "cut_jpeg": lambda: encoded("RGB", "JPEG")[:-5000],
            "text": lambda: b"not a picture",
            "gif": lambda: encoded("P", "GIF"),
            "empty": lambda: b"",
        }
        with pytest.raises(PhotoUnreadable):
            render_certificate(document(photo=made[damage]()), fonts)


class TestSameInputSameBytes:
    def test_twice_and_in_a_fresh_process(self, fonts: Fonts) -> None:
        program = (
            "import sys, pathlib\n"
            "from services.certificates.rendering.contract import CertificateDocument\n"
            "from services.certificates.rendering.fonts import load_fonts\n"
            "from services.certificates.rendering.render import render_certificate\n"
            "document = CertificateDocument.model_validate_json(sys.stdin.buffer.read())\n"
            "sys.stdout.buffer.write(render_certificate(document, load_fonts(pathlib.Path(sys.argv[1]))))\n"
        )
        shown = document()
        first = render_certificate(shown, fonts)
        fresh = subprocess.run(
            [sys.executable, "-c", program, str(CACHE)],
            input=shown.model_dump_json().encode(),
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[3],
        )
        assert render_certificate(shown, fonts) == first == fresh.stdout
