"""Form and receipt of a declaration as pages (DECL-14, FAQ-D14), whatever dies in between, and what their public check says."""

import json
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from services.certificates.consumers import HANDLERS
from services.certificates.forms.page import read_content
from services.certificates.forms.tasks import render_forms
from services.certificates.papers.service import paper_id
from services.certificates.rendering.catalogue import TEMPLATES, current
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from shared.crypto import Sealed, sign_short
from shared.db.types import field_cipher
from shared.events.declaration import DeclarationPaperPrepared, DeclarationRevoked
from shared.identifiers import new_id, new_number
from shared.runtime import Runtime
from tests.services.certificates.forms import change, claimed, stored
from tests.services.certificates.pages import character_boxes, font_names
from tests.services.certificates.test_forms import asked

FORM, RECEIPT = "declaration_form", "declaration_receipt"
UNIT = "苏州市吴中区某某精密机械制造有限公司"
pytestmark = pytest.mark.req("DECL-14")


def content(kind: str, **changes: Any) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((TEMPLATES / current(kind) / "sample.json").read_text(encoding="utf-8"))
    return {**sample, "check_url": "", **changes}


def printed(fonts: Fonts, kind: str, **changes: Any) -> bytes:
    return render(current(kind), read_content(kind, json.dumps(content(kind, **changes))), fonts)


def words_on(pdf: bytes, page: int) -> str:
    with pikepdf.open(BytesIO(pdf)) as whole:
        alone = pikepdf.new()
        alone.pages.append(whole.pages[page])
        out = BytesIO()
        alone.save(out)
    return "".join(char for char, _ in character_boxes(out.getvalue()))


def event(kind: str = RECEIPT, *, source_id: UUID | None = None, revision: int = 1) -> DeclarationPaperPrepared:
    return DeclarationPaperPrepared(
        kind=kind,
        source_id=source_id or new_id(),
        revision=revision,
        content=Sealed.seal(field_cipher(), json.dumps(content(kind))),
        number=new_number("HZ"),
        title="职业病危害项目申报回执",
        holder_name=UNIT,
        facts=(("申报类型", "年度更新"), ("审核日期", "2026-11-30")),
        issued_on=date(2026, 11, 30),
    )


async def arrive(runtime: Runtime, *events: Any) -> None:
    async with runtime.database.unit_of_work() as session:
        for each in events:
            await HANDLERS[type(each)](session, each)


class TestPages:
    def test_long_tables_go_on_under_their_heads(self, fonts: Fonts) -> None:
        form = content(FORM)
        hazards = next(each for each in form["blocks"] if each["title"] == "职业病危害因素种类")
        hazards["tables"][0]["rows"] = [["化学物质", "300", f"某危害因素之{at}", str(at)] for at in range(1, 161)]
        pdf = printed(fonts, FORM, blocks=form["blocks"])
        with pikepdf.open(BytesIO(pdf)) as opened:
            sheets = len(opened.pages)
        assert sheets >= 5
        for page in range(1, 4):
            words = words_on(pdf, page)
            assert ("具体因素" in words, words.count("危害因素种类")) == (True, 1), page
        assert font_names(pdf)
        assert all(b"Noto" in name for name in font_names(pdf))

    @pytest.mark.req("FAQ-D14")
    def test_nothing_but_what_must_be_is_a_page_as_well(self, fonts: Fonts) -> None:
        bare = [
            {"title": "主要产品", "note": "没有产品。"},
            {"title": "职业病危害因素种类", "note": "没有职业病危害因素。"},
        ]
        words = words_on(printed(fonts, FORM, blocks=bare), 0)
        assert "没有产品。" in words
        assert "本单位承诺" in words

    def test_a_receipt_is_one_sheet_also_with_long_names(self, fonts: Fonts) -> None:
        pdf = printed(fonts, RECEIPT, unit_name="某" * 100, office="某" * 60)
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert len(opened.pages) == 1


class TestWork:
    async def test_asked_for_twice_is_one_and_a_killed_worker_costs_nothing(self, runtime: Runtime) -> None:
        paper = event()
        await arrive(runtime, paper, paper)
        lost = await claimed(runtime, paper)
        assert lost.form.attempts == 1
        await render_forms(runtime)
        assert (await asked(runtime, paper)).json()["code"] == "form_not_ready"
        await change(runtime, paper, "leased_until = now() - interval '1 second'")
        await render_forms(runtime)
        assert (await asked(runtime, paper)).content.startswith(b"%PDF")
        assert (await stored(runtime, paper)).attempts == 2


class TestCheck:
    async def told(self, public: Any, runtime: Runtime, paper: DeclarationPaperPrepared) -> dict[str, Any]:
        token = sign_short(runtime.settings.signing_key, paper_id(paper.kind, paper.source_id, paper.revision).bytes)
        answer = (await (await public()).get(f"/api/certificates/checks/{token}")).json()
        page = await (await public()).get(f"/verify/{token}")
        assert answer["paper"] is None or answer["paper"]["number"] in page.text
        found: dict[str, Any] = answer
        return found

    async def test_by_its_qr_valid_then_replaced_then_revoked(self, public: Any, runtime: Runtime) -> None:
        first = event()
        assert (await self.told(public, runtime, first))["result"] == "unknown"
        await arrive(runtime, first)
        shown = await self.told(public, runtime, first)
        assert (shown["result"], shown["paper"]["holder_name"]) == ("valid", UNIT)
        assert shown["paper"]["facts"][0] == {"label": "申报类型", "value": "年度更新"}
        second = event(source_id=first.source_id, revision=2)
        await arrive(runtime, second)
        assert [(await self.told(public, runtime, each))["result"] for each in (first, second)] == ["replaced", "valid"]
        revoked = DeclarationRevoked(
            declaration_id=first.source_id,
            employer_id=new_id(),
            employer_name=UNIT,
            region_code="320506",
            kind="annual",
            reason="有误",
        )
        form = event(FORM, source_id=first.source_id)
        await arrive(runtime, form, revoked)
        results = [(await self.told(public, runtime, each))["result"] for each in (first, second, form)]
        assert results == ["revoked", "revoked", "valid"]

    async def test_by_number_and_the_name_of_the_unit(self, public: Any, runtime: Runtime) -> None:
        paper = event()
        await arrive(runtime, paper)
        client = await public()
        for name, result in ((UNIT, "valid"), ("别的单位", "unknown")):
            body = {"number": paper.number.lower(), "name": name}
            answer = (await client.post("/api/certificates/checks", json=body)).json()
            assert (answer["result"], answer["certificate"]) == (result, None)

    async def test_by_the_very_file(self, public: Any, runtime: Runtime) -> None:
        paper = event()
        await arrive(runtime, paper)
        await render_forms(runtime)
        pdf = (await asked(runtime, paper)).content
        client = await public()

        async def shown(data: bytes) -> dict[str, Any]:
            files = {"file": ("回执.pdf", data, "application/pdf")}
            answer: dict[str, Any] = (await client.post("/api/certificates/checks/file", files=files)).json()
            return answer

        told = await shown(pdf)
        assert (told["result"], told["paper"]["number"]) == ("valid", paper.number)
        assert (await shown(pdf + b"\n"))["paper"] is None
        await arrive(runtime, event(source_id=paper.source_id, revision=2))
        assert (await shown(pdf))["result"] == "replaced"
