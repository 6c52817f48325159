"""The page of the score sheet by its characters, fonts and places (STAFF-08), and the event that brings its content."""

import json
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest

from services.certificates.consumers import HANDLERS
from services.certificates.forms.page import FormRefused, read_content
from services.certificates.forms.tasks import render_forms
from services.certificates.rendering.catalogue import TEMPLATES, current
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from services.training.results.scores.printing import MOST_ROWS, PrintedMark, PrintedScores
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.training import ScoreSheetPrepared
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.forms import stored
from tests.services.certificates.pages import character_boxes, font_names
from tests.services.certificates.test_forms import asked
from tests.services.certificates.test_sign_in_sheet import pages

KIND = "score_sheet"
HEADS = ["序号", "姓名", "性别", "单位", "职称", "考核组/专业类别", "成绩", "合格/不合格", "证书编号"]
pytestmark = pytest.mark.req("STAFF-08")


def content(**changes: Any) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((TEMPLATES / current(KIND) / "sample.json").read_text(encoding="utf-8"))
    return {**sample, **changes}


def crowd(count: int, **changes: Any) -> list[dict[str, Any]]:
    mark = content()["marks"][0]
    return [{**mark, "name": f"甲{at}", "unit_name": f"第{at}医院", **changes} for at in range(1, count + 1)]


def printed(fonts: Fonts, **changes: Any) -> bytes:
    return render(current(KIND), read_content(KIND, json.dumps(content(**changes))), fonts)


def words_of(pdf: bytes) -> str:
    return "".join(char for char, _ in character_boxes(pdf))


class TestThePage:
    def test_it_is_a4_across_and_says_all_that_training_sends(self, fonts: Fonts) -> None:
        pdf, form = printed(fonts, unit_name="南京市职业病防治院"), content()
        document = pypdfium2.PdfDocument(pdf)
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [297, 210]
        shown = words_of(pdf)
        said = [
            form["title"],
            form["plan_name"],
            form["plan_type"],
            form["session"],
            "学时：24",
            "合格线：60分",
            *HEADS,
        ]
        said += ["2026年11月23日至2026年11月25日", "成绩发布日期：2026年12月1日", "参训单位：南京市职业病防治院"]
        said += [value for mark in form["marks"] for value in mark.values() if isinstance(value, str)]
        said += ["录入人：", "复核人：", "单位（盖章）：", "第1页，共1页"]
        assert [words for words in said if words not in shown] == []
        assert "应考4人，合格3人，不合格1人" in shown

    @pytest.mark.req("STAFF-09")
    def test_what_was_corrected_is_marked_in_its_row_and_counted(self, fonts: Fonts) -> None:
        shown = words_of(printed(fonts))
        assert shown.count("已更正") == 2
        assert "62合格已更正" in shown
        assert "其中1项在发布后更正" in shown
        assert "更正" not in words_of(printed(fonts, marks=crowd(2), people=2))

    @pytest.mark.req("X30")
    def test_people_with_several_rows_are_counted_once(self, fonts: Fonts) -> None:
        marks = [*crowd(2), *crowd(1, passed=False, conclusion="不合格")]
        assert "应考2人（3项），合格2项，不合格1项" in words_of(printed(fonts, marks=marks, people=2))

    def test_rare_names_are_printed_and_the_fonts_are_in_the_file(self, fonts: Fonts) -> None:
        pdf = printed(fonts)
        assert "㛃䶮" in words_of(pdf)
        assert all(b"NotoSerifSC" in name.replace(b"-", b"") for name in font_names(pdf))

    def test_a_long_list_repeats_its_head_and_is_signed_once(self, fonts: Fonts) -> None:
        shown = pages(printed(fonts, marks=crowd(70), people=70))
        assert len(shown) > 2
        for number, page in enumerate(shown, start=1):
            assert f"第{number}页，共{len(shown)}页" in page
            assert "".join(HEADS[:5]) in page
        assert [at for at in range(1, 71) if not any(f"甲{at}女第{at}医院" in page for page in shown)] == []
        assert ["复核人" in page for page in shown] == [False] * (len(shown) - 1) + [True]
        assert "甲70" in shown[-1], "the signatures never stand alone on a sheet"

    @pytest.mark.parametrize("count", range(12, 19))
    def test_signatures_never_stand_without_a_row(self, fonts: Fonts, count: int) -> None:
        assert f"甲{count}" in pages(printed(fonts, marks=crowd(count), people=count))[-1]

    def test_a_screen_reader_finds_heads_and_language(self, fonts: Fonts) -> None:
        with pikepdf.open(BytesIO(printed(fonts))) as opened:
            assert str(opened.Root.Lang) == "zh-CN"
            assert str(opened.docinfo.Title) == "培训成绩登记表"
            kinds = [str(each.S) for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        assert kinds.count("/H1") == 1
        assert kinds.count("/TH") == len(HEADS) + len(content()["marks"])

    @pytest.mark.parametrize("changes", [{"marks": []}, {"marks": crowd(MOST_ROWS + 1)}, {"people": 0}, {"phone": "1"}])
    def test_what_is_not_foreseen_is_refused(self, fonts: Fonts, changes: dict[str, Any]) -> None:
        with pytest.raises(FormRefused):
            printed(fonts, **changes)

    def test_the_longest_that_training_sends_is_within_its_bounds(self) -> None:
        assert read_content(KIND, json.dumps(content(marks=crowd(MOST_ROWS), people=MOST_ROWS)))

    def test_training_sends_what_the_page_says_and_nothing_else(self) -> None:
        assert set(PrintedScores.model_fields) == set(content())
        assert set(PrintedMark.model_fields) == set(content()["marks"][0])


@pytest.mark.req("PLAT-11")
async def test_the_event_becomes_a_file(runtime: Runtime) -> None:
    sealed = Sealed.seal(field_cipher(), json.dumps(content()))
    event = ScoreSheetPrepared(kind=KIND, source_id=new_id(), revision=1, content=sealed)
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[ScoreSheetPrepared](session, event)
    assert (await asked(runtime, event)).json()["code"] == "form_not_ready"
    await render_forms(runtime)
    assert (await asked(runtime, event)).content.startswith(b"%PDF")
    assert (await stored(runtime, event)).content is None
