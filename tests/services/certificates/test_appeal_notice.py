"""The page of the notice of a decided case by its characters and fonts (AUTH-26), and the event that brings its content."""

import json
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from services.auth.desks.cases.notices import PrintedNotice
from services.certificates.forms.page import FormRefused, read_content
from services.certificates.forms.tasks import render_forms
from services.certificates.rendering.catalogue import TEMPLATES, current
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from shared.runtime import Runtime
from tests.services.certificates.forms import prepared
from tests.services.certificates.pages import character_boxes, font_names, pixels
from tests.services.certificates.test_forms import asked
from tests.services.certificates.test_sign_in_sheet import pages

KIND = "appeal_notice"
pytestmark = pytest.mark.req("AUTH-26", "NOTE-04")


def content(**changes: Any) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((TEMPLATES / current(KIND) / "sample.json").read_text(encoding="utf-8"))
    return {**sample, **changes}


def printed(fonts: Fonts, **changes: Any) -> bytes:
    return render(current(KIND), read_content(KIND, json.dumps(content(**changes))), fonts)


class TestThePage:
    def test_it_says_all_that_auth_sends_on_one_sheet(self, fonts: Fonts) -> None:
        pdf, form = printed(fonts), content()
        document = pypdfium2.PdfDocument(pdf)
        assert len(document) == 1
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [210, 297]
        shown = "".join(char for char, _ in character_boxes(pdf))
        said = [value for value in form.values() if isinstance(value, str) and not value.startswith("2026-")]
        said += [words for fact in form["asked"] for words in fact.values()] + form["next_steps"]
        said += ["2026年11月20日提出的账号申诉", "办结日期2026年11月22日", "第1页，共1页"]
        assert [words for words in said if "".join(words.split()) not in shown] == []
        assert all(b"NotoSerifSC" in name.replace(b"-", b"") for name in font_names(pdf))

    def test_its_number_can_be_scanned(self, fonts: Fonts) -> None:
        assert [code.text for code in zxingcpp.read_barcodes(pixels(printed(fonts)))] == [content()["number"]]

    def test_an_approval_without_words_and_a_person_without_a_unit_leave_no_empty_rows(self, fonts: Fonts) -> None:
        changes = {"reason": "", "organisation_name": "", "credit_code": "", "decision": "已答复", "granted": True}
        shown = "".join(pages(printed(fonts, **changes, next_steps=[])))
        assert [words for words in ("办理意见", "单位名称", "统一社会信用代码") if words in shown] == []
        assert "申请人：" in shown
        assert "结果已答复" in shown

    def test_the_longest_reason_is_printed_to_its_end(self, fonts: Fonts) -> None:
        reason = "\n".join(["请补充营业执照副本的复印件并加盖公章。"] * 26)
        shown = "".join(pages(printed(fonts, reason=reason[:500], organisation_name="长" * 100)))
        assert shown.count("加盖公章") == reason[:500].count("加盖公章")
        assert "办结日期" in shown

    def test_a_screen_reader_finds_heads_and_language(self, fonts: Fonts) -> None:
        with pikepdf.open(BytesIO(printed(fonts))) as opened:
            assert str(opened.Root.Lang) == "zh-CN"
            assert str(opened.docinfo.Title) == "申诉结果告知书 BL-7K3M-Q9TX-4HWB"
            kinds = [str(each.S) for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        assert (kinds.count("/H1"), kinds.count("/H2")) == (1, 3)
        assert kinds.count("/TH") == 9

    @pytest.mark.parametrize("changes", [{"decision": ""}, {"decided_on": None}, {"phone": "13800138000"}])
    def test_what_is_not_foreseen_is_refused(self, fonts: Fonts, changes: dict[str, Any]) -> None:
        with pytest.raises(FormRefused):
            printed(fonts, **changes)

    def test_auth_sends_what_the_page_says_and_nothing_else(self) -> None:
        assert set(PrintedNotice.model_fields) == set(content())


@pytest.mark.req("PLAT-11")
async def test_the_event_becomes_a_file(runtime: Runtime) -> None:
    event = await prepared(runtime, kind=KIND, form=content())
    await render_forms(runtime)
    assert (await asked(runtime, event)).content.startswith(b"%PDF")
