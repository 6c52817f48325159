"""The page of the application form by its pixels, characters and fonts."""

import json
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from services.certificates.forms.page import FormRefused, read_content
from services.certificates.rendering.catalogue import current
from services.certificates.rendering.errors import GlyphMissing
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from tests.services.certificates.forms import KIND, RESIDENT_ID, blank, content, rows_of
from tests.services.certificates.pages import MM, character_boxes, font_names, ink, pixels

Box = tuple[float, float, float, float]


def printed(form: dict[str, Any], fonts: Fonts) -> bytes:
    return render(current(KIND), read_content(KIND, json.dumps(form)), fonts)


def place_of(pdf: bytes, words: str, *, nth: int = 0) -> Box:
    """Where the first character of ``words`` stands, in millimetres."""
    boxes = character_boxes(pdf)
    text, start = "".join(char for char, _ in boxes), -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return boxes[start][1]


def tick_box(pdf: bytes, label: str) -> Image.Image:
    """The picture of the box before a choice."""
    left, top, _, bottom = place_of(pdf, label)
    return pixels(pdf).crop(
        (round((left - 4.6) * MM), round(top * MM - 2), round((left - 0.6) * MM), round(bottom * MM + 2))
    )


def text_of(pdf: bytes) -> str:
    return "".join(char for char, _ in character_boxes(pdf))


@pytest.mark.req("AUTH-01", "AUTH-06")
class TestFilledIn:
    def test_everything_stands_on_one_sheet_of_a4(self, fonts: Fonts) -> None:
        form = content()
        pdf = printed(form, fonts)
        document = pypdfium2.PdfDocument(pdf)
        assert len(document) == 1
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [210, 297]
        shown = text_of(pdf)
        words = [row["label"] + row["value"] for row in rows_of(form) if not row["choices"]]
        words += [choice["label"] for row in rows_of(form) for choice in row["choices"] or ()]
        words += [section["title"] for section in form["sections"]]
        words += [form["title"], form["number"], form["pledge"]["title"], form["pledge"]["text"], form["remarks"]]
        words += [signature["label"] for signature in form["signatures"]]
        words += [contact["phone"] for contact in form["contacts"]]
        assert [word for word in words if word.replace(" ", "").replace("　", "") not in shown.replace("　", "")] == []
        assert shown.count("年") - "".join(words).count("年") >= 2

    def test_what_is_ticked_is_not_said_again_in_words(self, fonts: Fonts) -> None:
        assert text_of(printed(content(), fonts)).count("康复中心") == 1

    def test_two_fields_stand_beside_each_other_unless_one_is_wide(self, fonts: Fonts) -> None:
        pdf = printed(content(), fonts)
        assert abs(place_of(pdf, "用户姓名")[1] - place_of(pdf, "手机号码")[1]) < 1
        assert place_of(pdf, "单位地址")[1] - place_of(pdf, "业务管辖地区")[1] > 4

    def test_nothing_overlaps(self, fonts: Fonts) -> None:
        boxes = [box for _, box in character_boxes(printed(content(), fonts))]
        beside = [
            (a, b) for a, b in pairwise(boxes) if a[2] - b[0] > 0.15 and b[2] - a[0] > 0.15 and abs(a[1] - b[1]) < 1
        ]
        assert beside == []
        assert all(left > 15 and right < 195 and top > 10 and bottom < 290 for left, top, right, bottom in boxes)

    def test_ticked_boxes_are_ticked_and_the_others_are_empty(self, fonts: Fonts) -> None:
        pdf = printed(content(), fonts)
        ticked, empty = ink(tick_box(pdf, "体检机构")), ink(tick_box(pdf, "诊断机构"))
        assert empty > 40
        assert ticked > empty + 15
        assert "☑" not in text_of(pdf)

    def test_the_qr_says_the_number(self, fonts: Fonts) -> None:
        form = content()
        assert [code.text for code in zxingcpp.read_barcodes(pixels(printed(form, fonts)))] == [form["number"]]

    def test_the_file_says_what_it_is_and_in_which_language(self, fonts: Fonts) -> None:
        form = content()
        with pikepdf.open(BytesIO(printed(form, fonts))) as opened:
            assert str(opened.docinfo.Title) == f"{form['title']} {form['number']}"
            assert str(opened.Root.Lang) == "zh-CN"

    def test_the_fonts_are_in_the_file(self, fonts: Fonts) -> None:
        pdf = printed(content(), fonts)
        assert all(b"NotoSerifSC" in name.replace(b"-", b"") for name in font_names(pdf))
        with pikepdf.open(BytesIO(pdf)) as opened:
            descriptors = [
                o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
            ]
            assert descriptors
            assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)

    def test_the_same_form_gives_the_same_bytes(self, fonts: Fonts) -> None:
        assert printed(content(), fonts) == printed(content(), fonts)

    def test_markup_in_a_value_is_shown_literally(self, fonts: Fonts) -> None:
        assert "<b>急</b>" in text_of(printed(content(remarks="<b>急</b>"), fonts))


@pytest.mark.req("AUTH-05")
class TestRequired:
    def test_required_labels_are_red_and_the_others_are_not(self, fonts: Fonts) -> None:
        pdf = printed(content(), fonts)
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil().convert("RGB")

        def red(label: str) -> bool:
            box = page.crop(tuple(round(edge * MM) for edge in place_of(pdf, label)))
            colours = box.getcolors(100_000) or []
            darkest = min((colour for _, colour in colours if isinstance(colour, tuple)), key=sum)
            return bool(darkest[0] > darkest[1] + 60)

        required = {row["label"]: row["required"] for row in rows_of(content())}
        assert {label: red(label) for label in ("单位名称", "邮编", "身份证号", "电子邮箱")} == {
            label: required[label] for label in ("单位名称", "邮编", "身份证号", "电子邮箱")
        }


@pytest.mark.req("AUTH-01")
class TestBlank:
    def test_it_has_every_label_and_room_but_no_number_and_no_qr(self, fonts: Fonts) -> None:
        pdf = printed(blank(), fonts)
        assert len(pypdfium2.PdfDocument(pdf)) == 1
        shown = text_of(pdf)
        assert [row["label"] for row in rows_of(blank()) if row["label"] not in shown] == []
        assert "申请编号" not in shown
        assert zxingcpp.read_barcodes(pixels(pdf)) == []

    def test_no_box_is_ticked(self, fonts: Fonts) -> None:
        pdf = printed(blank(), fonts)
        assert abs(ink(tick_box(pdf, "体检机构")) - ink(tick_box(pdf, "诊断机构"))) < 10


class TestMuch:
    def test_long_values_are_broken_into_lines_and_cut_nowhere(self, fonts: Fonts) -> None:
        form = content(remarks="备" * 300)
        for row in rows_of(form):
            if not row["choices"]:
                row["value"] = (row["label"] + "甲乙丙丁戊己庚辛") * 3
        shown = text_of(printed(form, fonts))
        assert [row["label"] for row in rows_of(form) if not row["choices"] and row["value"] not in shown] == []
        assert "备" * 300 in shown

    def test_many_contacts_go_on_on_a_second_sheet(self, fonts: Fonts) -> None:
        contacts = [{"city": f"第{n}市", "name": "账号管理员", "phone": f"025-8375{n:04}"} for n in range(120)]
        document = pypdfium2.PdfDocument(printed(content(contacts=contacts), fonts))
        shown = "".join(page.get_textpage().get_text_bounded() for page in document)
        assert len(document) == 2
        assert [contact for contact in contacts if contact["phone"] not in shown] == []

    @pytest.mark.parametrize("bad", ["😀", "\u200b", "\x07"])
    def test_a_character_without_glyph_is_named(self, fonts: Fonts, bad: str) -> None:
        with pytest.raises(GlyphMissing) as refused:
            printed(content(remarks=f"第一行\r\n第二行{bad}"), fonts)
        assert refused.value.characters == (bad,)

    @pytest.mark.req("PLAT-05")
    @pytest.mark.parametrize(
        "broken", [{"sections": []}, {"surplus": 1}, {"remarks": RESIDENT_ID * 200}, {"pledge": RESIDENT_ID}]
    )
    def test_what_is_no_such_form_is_refused_without_showing_it(self, fonts: Fonts, broken: dict[str, Any]) -> None:
        with pytest.raises(FormRefused) as refused:
            printed(content(**broken), fonts)
        assert next(iter(broken)) in refused.value.detail
        assert RESIDENT_ID not in refused.value.detail
        assert refused.value.__cause__ is None

    def test_what_is_no_json_is_refused(self) -> None:
        with pytest.raises(FormRefused):
            read_content(KIND, "{")
