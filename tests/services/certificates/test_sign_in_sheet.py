"""The page of the sign-in sheet by its pixels, characters and fonts (STAFF-07), and the event that brings its content."""

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
from services.certificates.templates.sign_in_sheet.contract import SignInSheet
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.training import RosterPrepared
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.forms import stored
from tests.services.certificates.pages import character_boxes, font_names
from tests.services.certificates.test_forms import asked

KIND = "sign_in_sheet"
pytestmark = pytest.mark.req("STAFF-07")


def content(**changes: Any) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((TEMPLATES / current(KIND) / "sample.json").read_text(encoding="utf-8"))
    return {**sample, **changes}


def crowd(count: int) -> list[dict[str, str]]:
    return [{"name": f"甲{at}", "unit_name": f"第{at}医院", "specialties": "尘肺病"} for at in range(1, count + 1)]


def printed(fonts: Fonts, **changes: Any) -> bytes:
    return render(current(KIND), read_content(KIND, json.dumps(content(**changes))), fonts)


def pages(pdf: bytes) -> list[str]:
    """The characters of each page, without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


class TestThePage:
    def test_it_is_a4_upright_and_says_what_when_and_where(self, fonts: Fonts) -> None:
        pdf, form = printed(fonts), content()
        document = pypdfium2.PdfDocument(pdf)
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [210, 297]
        shown = "".join(char for char, _ in character_boxes(pdf))
        said = [form["title"], form["plan_name"], form["session"], form["dates"], form["location"]]
        said += ["序号", "姓名", "单位", "专业类别", *(f"{day}签到" for day in form["days"])]
        said += [value for person in form["people"] for value in person.values()]
        assert [words for words in said if words not in shown] == []
        assert "第1页，共1页" in shown

    def test_rare_names_are_printed_and_the_fonts_are_in_the_file(self, fonts: Fonts) -> None:
        pdf = printed(fonts)
        assert "㛃䶮" in "".join(char for char, _ in character_boxes(pdf))
        assert all(b"NotoSerifSC" in name.replace(b"-", b"") for name in font_names(pdf))
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert str(opened.docinfo.Title) == "培训签到表"

    def test_a_long_list_repeats_its_head_and_counts_its_pages(self, fonts: Fonts) -> None:
        shown = pages(printed(fonts, people=crowd(80)))
        assert len(shown) > 2
        for number, page in enumerate(shown, start=1):
            assert f"第{number}页，共{len(shown)}页" in page
            assert "序号姓名单位专业类别" in page
        assert [at for at in range(1, 81) if not any(f"甲{at}第{at}医院" in page for page in shown)] == []

    def test_more_than_five_days_go_onto_a_list_of_their_own(self, fonts: Fonts) -> None:
        days = [f"11月{at}日" for at in range(1, 8)]
        shown = pages(printed(fonts, days=days))
        assert len(shown) == 2
        assert [[day in page for day in days] for page in shown] == [[True] * 5 + [False] * 2, [False] * 5 + [True] * 2]
        assert all("周晓慧" in page and "培训签到表" in page for page in shown)

    def test_there_is_room_to_sign_in_each_cell(self, fonts: Fonts) -> None:
        pdf = printed(fonts, people=crowd(20))
        boxes = character_boxes(pdf)
        rows = [box for char, box in boxes if char == "甲"]
        assert len(rows) == 20
        assert min(below[1] - above[1] for above, below in zip(rows, rows[1:], strict=False)) > 7
        assert all(left > 11 and right < 199 for _, (left, _, right, _) in boxes)

    @pytest.mark.parametrize("changes", [{"people": []}, {"days": []}, {"people": crowd(501)}, {"phone": "1"}])
    def test_what_is_not_foreseen_is_refused(self, fonts: Fonts, changes: dict[str, Any]) -> None:
        with pytest.raises(FormRefused):
            printed(fonts, **changes)

    def test_the_longest_list_is_within_its_bounds(self) -> None:
        form = read_content(KIND, json.dumps(content(people=crowd(500), days=["第1天"] * 366)))
        assert isinstance(form, SignInSheet)
        assert [len(days) for days in form.lists] == [5] * 73 + [1]


@pytest.mark.req("PLAT-11")
async def test_the_event_becomes_a_file(runtime: Runtime) -> None:
    sealed = Sealed.seal(field_cipher(), json.dumps(content()))
    event = RosterPrepared(kind=KIND, source_id=new_id(), revision=3, content=sealed)
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[RosterPrepared](session, event)
    assert (await asked(runtime, event)).json()["code"] == "form_not_ready"
    await render_forms(runtime)
    answer = await asked(runtime, event)
    assert answer.content.startswith(b"%PDF")
    assert (await stored(runtime, event)).content is None
