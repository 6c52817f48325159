"""The certificate page by its pixels, its embedded fonts and its bytes: extracted text would look right even where the
page shows empty boxes.
"""

import hashlib
import math
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from weasyprint import HTML

from services.certificates.rendering.catalogue import current, sample
from services.certificates.rendering.errors import GlyphMissing, PageOverflows, PhotoUnreadable, TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.layout import page_to_pdf
from services.certificates.rendering.packages import load_template
from services.certificates.rendering.render import render
from services.certificates.templates.certificate.contract import CertificateDocument
from tests.services.certificates.pages import CACHE, MM, character_boxes, font_names, ink, picture_file, pixels


def document(**changes: Any) -> CertificateDocument:
    return CertificateDocument.model_validate({**sample(current("certificate")).model_dump(), **changes})


def render_certificate(shown: CertificateDocument, fonts: Fonts) -> bytes:
    return render(current("certificate"), shown, fonts)


def glyphs(pdf: bytes, text: str) -> list[Image.Image]:
    """The picture of each character of ``text``, where the page first shows it."""
    boxes, picture = character_boxes(pdf), pixels(pdf)
    start = "".join(char for char, _ in boxes).index(text)
    areas = [box for _, box in boxes[start : start + len(text)]]
    return [
        picture.crop((round(left * MM), round(top * MM), round(right * MM), round(bottom * MM)))
        for left, top, right, bottom in areas
    ]


class TestCharacters:
    @pytest.mark.parametrize("name", ["张三丰", "欧阳䶮", "李㛃", "王𬭚"])
    def test_every_character_of_a_name_has_ink(self, fonts: Fonts, name: str) -> None:
        pdf = render_certificate(document(holder_name=name), fonts)
        shown = glyphs(pdf, name)
        assert len(shown) == len(name)
        assert all(ink(glyph) > 40 for glyph in shown)
        assert all(found.replace(b"-", b"").find(b"NotoSerifSC") > 0 for found in font_names(pdf))

    def test_rare_characters_differ_from_each_other_and_from_the_empty_box(self, fonts: Fonts) -> None:
        look = load_template(current("certificate")).look
        html = '<html lang="zh-CN"><body><p style="font-size: 60pt">{}</p>'

        def picture(pdf: bytes | None) -> Image.Image:
            assert pdf is not None
            return pixels(pdf).crop((round(30 * MM), round(20 * MM), round(60 * MM), round(55 * MM)))

        pictures = [picture(page_to_pdf(html.format(char), look, fonts, {}, {})) for char in "䶮㛃𬭚"]
        empty = HTML(string=html.format("\U000f0000")).write_pdf(
            font_config=fonts.configuration, stylesheets=[look.style]
        )
        pictures.append(picture(empty))
        assert all(ink(shown) > 500 for shown in pictures)
        assert all(ImageChops.difference(one, other).getbbox() for one, other in combinations(pictures, 2))

    def test_words_of_a_template_that_no_font_has_are_no_empty_boxes_either(self, fonts: Fonts) -> None:
        with pytest.raises(GlyphMissing) as refused:
            page_to_pdf("<body><p>证书\U000f0000</p>", load_template(current("certificate")).look, fonts, {}, {})
        assert refused.value.characters == ("\U000f0000",)

    def test_a_common_name_embeds_the_cut_font_only(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(holder_name="张三丰"), fonts)
        assert b"GB2312" in b"".join(font_names(pdf))
        assert len(set(font_names(pdf))) == 1

    @pytest.mark.parametrize("bad", ["😀", "\u200b", "\ue000", "\x07"])
    def test_a_character_without_glyph_is_named(self, fonts: Fonts, bad: str) -> None:
        with pytest.raises(GlyphMissing) as refused:
            render_certificate(document(holder_name=f"张{bad}三"), fonts)
        assert refused.value.characters == (bad,)
        assert f"U+{ord(bad):04X}" in refused.value.detail


LONG_UNIT = "苏州市吴中区长桥街道社区卫生服务中心职业病防治与健康体检综合门诊部附属职业健康检查所"
LONG_LABELS = tuple(f"职业性放射性疾病和其他职业病诊断第{n}类" for n in range(12))
LONG: list[dict[str, Any]] = [
    {},
    {"photo": None, "specialties": LONG_LABELS, "unit_name": "疾" * 60},
    {"unit_name": (LONG_UNIT * 3)[:100], "plan_name": (LONG_UNIT * 3)[:100], "specialties": LONG_LABELS},
    {"issuer": "江苏省卫生健康委员会综合监督与职业健康处"},
    {"issuer": (LONG_UNIT * 3)[:100], "plan_type": "类" * 40, "number": "号" * 60},
    {"holder_name": "ABDULREHIM MUHAMMADALI ALEXANDER-OCONNOR BENJAMIN", "specialties": ()},
]
PICTURES = {"photo": (33, 62, 58, 103), "qr": (33, 150, 60, 186)}


class TestPage:
    def test_markup_in_a_name_is_shown_literally(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(holder_name="<b>张</b>"), fonts)
        assert "<b>张</b>" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()

    @pytest.mark.parametrize("number", range(8))
    def test_the_qr_says_the_check_address(self, fonts: Fonts, number: int) -> None:
        address = f"https://platform.invalid/check/{hashlib.sha256(bytes([number])).hexdigest()[: 20 + number * 5]}"
        page = pixels(render_certificate(document(check_url=address), fonts))
        assert [code.text for code in zxingcpp.read_barcodes(page)] == [address]

    def test_the_file_says_what_it_is(self, fonts: Fonts) -> None:
        with pikepdf.open(BytesIO(render_certificate(document(), fonts))) as opened:
            assert str(opened.docinfo.Title) == f"培训合格证书 {document().number}"
            assert str(opened.docinfo.Author) == document().issuer
            assert str(opened.docinfo.CreationDate).startswith("D:20260601")

    @pytest.mark.parametrize("changes", LONG)
    def test_nothing_overlaps_on_the_one_sheet(self, fonts: Fonts, changes: dict[str, Any]) -> None:
        photo = picture_file("RGB", "JPEG")
        pdf = render_certificate(document(**{"photo": photo, **changes}), fonts)
        assert len(pypdfium2.PdfDocument(pdf)) == 1
        boxes = character_boxes(pdf)
        assert len(boxes) > 100
        pictures = [(name, box) for name, box in PICTURES.items() if name == "qr" or changes.get("photo", photo)]
        assert [(one, other) for one, other in combinations(boxes, 2) if _overlap(one[1], other[1])] == []
        assert [(name, char) for name, box in pictures for char in boxes if _overlap(box, char[1])] == []
        assert all(left > 16 and top > 16 and right < 281 and bottom < 194 for _, (left, top, right, bottom) in boxes)

    @pytest.mark.parametrize("changes", LONG)
    def test_the_words_of_the_seal_stand_inside_its_circle(self, fonts: Fonts, changes: dict[str, Any]) -> None:
        boxes = character_boxes(render_certificate(document(**changes), fonts))
        start = "".join(char for char, _ in boxes).index("样例证书演示专用章不具法律效力")
        corners = [corner for _, box in boxes[start : start + 15] for corner in (box[:2], box[2:])]
        assert all(math.dist(corner, (173, 170)) < 16 for corner in corners)

    def test_the_date_stands_on_a_line_of_its_own(self, fonts: Fonts) -> None:
        lines = pypdfium2.PdfDocument(render_certificate(document(), fonts))[0].get_textpage().get_text_range()
        assert {"江苏省疾病预防控制中心", "2026年6月1日"} <= set(lines.splitlines())

    def test_texts_of_a_sensible_length_always_fit(self, fonts: Fonts) -> None:
        texts = dict.fromkeys(("unit_name", "plan_name", "plan_type", "issuer", "holder_name"), "字" * 40)
        assert render_certificate(
            document(**texts, specialties=("专" * 19, "业" * 19), photo=picture_file("L", "PNG")), fonts
        )

    def test_what_no_sheet_can_hold_is_refused_by_name(self, fonts: Fonts) -> None:
        texts = {"holder_name": "阿依" * 20, **dict.fromkeys(("unit_name", "plan_name", "plan_type"), "字" * 100)}
        labels = tuple("病" * 29 + digit for digit in "一二三四五六七八九十百千")
        with pytest.raises(PageOverflows) as refused:
            render_certificate(document(**texts, specialties=labels, photo=picture_file("RGB", "JPEG")), fonts)
        assert refused.value.too_long[0] == "专业类别"
        assert "单位名称" in refused.value.detail
        assert "姓名" not in refused.value.detail

    def test_without_specialties_the_line_is_left_out(self, fonts: Fonts) -> None:
        pdf = render_certificate(document(specialties=()), fonts)
        assert "合格专业类别" not in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()

    @pytest.mark.parametrize("address", ["file:///etc/hostname", "https://platform.invalid/x.png", "x.png"])
    def test_a_template_cannot_load_anything_else(self, fonts: Fonts, address: str) -> None:
        html = f'<img src="{address}">'
        with pytest.raises(TemplateBroken):
            page_to_pdf(html, load_template(current("certificate")).look, fonts, {}, {})


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """More than touching: boxes of neighbours may share a tenth of a millimetre."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width > 0.1 and height > 0.1


class TestPhoto:
    @pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("RGB", "JPEG"), ("RGBA", "PNG"), ("L", "PNG")])
    def test_every_usual_photo_shows(self, fonts: Fonts, mode: str, kind: str) -> None:
        with_photo = pixels(render_certificate(document(photo=picture_file(mode, kind)), fonts))
        assert ink(with_photo.crop((34 * MM, 68 * MM, 57 * MM, 96 * MM))) > 1000

    @pytest.mark.parametrize("damage", ["cut_png", "cut_jpeg", "text", "gif", "empty"])
    def test_a_bad_photo_is_refused(self, fonts: Fonts, damage: str) -> None:
        made: dict[str, Callable[[], bytes]] = {
            "cut_png": lambda: picture_file("RGB", "PNG")[:-5000],
            "cut_jpeg": lambda: picture_file("RGB", "JPEG")[:-5000],
            "text": lambda: b"not a picture",
            "gif": lambda: picture_file("P", "GIF"),
            "empty": lambda: b"",
        }
        with pytest.raises(PhotoUnreadable):
            render_certificate(document(photo=made[damage]()), fonts)


class TestSameInputSameBytes:
    def test_twice_and_in_a_fresh_process(self, fonts: Fonts) -> None:
        program = (
            "import sys, pathlib\n"
            "from services.certificates.rendering.fonts import load_fonts\n"
            "from services.certificates.rendering.render import render\n"
            "from services.certificates.templates.certificate.contract import CertificateDocument\n"
            "document = CertificateDocument.model_validate_json(sys.stdin.buffer.read())\n"
            "sys.stdout.buffer.write(render(sys.argv[2], document, load_fonts(pathlib.Path(sys.argv[1]))))\n"
        )
        shown = document()
        first = render_certificate(shown, fonts)
        fresh = subprocess.run(
            [sys.executable, "-c", program, str(CACHE), current("certificate")],
            input=shown.model_dump_json().encode(),
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[3],
        )
        assert render_certificate(shown, fonts) == first == fresh.stdout
