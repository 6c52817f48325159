"""Templates for who manages certificates: the list, and each version with sample data, marked and made in a process of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from services.certificates.main import app
from services.certificates.previews.service import ROOT, PreviewFailed, PreviewTooSlow, made_apart
from services.certificates.previews.specimen import MARK, NOTE, NUMBER, specimen
from services.certificates.rendering.catalogue import kinds, sample, versions
from services.certificates.rendering.fonts import Fonts
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.services.certificates.pages import CACHE, character_boxes

BASE = "/api/certificates/templates"
pytestmark = pytest.mark.req("STAFF-10")


@pytest.fixture
def keeper(make_actor: Any) -> Actor:
    actor: Actor = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
    return actor


class TestTheList:
    async def test_it_names_every_kind_with_its_versions(self, client_for: Any, keeper: Actor) -> None:
        answer = await (await client_for(app, keeper)).get(BASE)
        assert answer.status_code == 200
        listed = {row["kind"]: row for row in answer.json()}
        assert set(listed) == {kind.name for kind in kinds()}
        assert listed["certificate"] == {
            "kind": "certificate",
            "label": "培训合格证书",
            "versions": ["v1", "v2"],
            "current": "v2",
            "of_certificates": True,
            "archived": True,
        }

    @pytest.mark.req("PLAT-06")
    @pytest.mark.parametrize("path", ["", "/certificate/v2/preview"])
    async def test_nobody_else_sees_it(self, client_for: Any, make_actor: Any, path: str) -> None:
        others = (make_actor(Permission.GROUP_REGISTRATION), make_actor(Permission.TRAINING_OVERSIGHT))
        for other in others:
            assert (await (await client_for(app, other)).get(BASE + path)).status_code in {403, 404}


class TestAPreview:
    async def test_it_is_the_page_with_sample_data_and_says_that_it_is_none(
        self, client_for: Any, keeper: Actor
    ) -> None:
        answer = await (await client_for(app, keeper)).get(f"{BASE}/certificate/v2/preview")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.headers["content-disposition"].startswith("inline")
        words = "".join(char for char, _ in character_boxes(answer.content))
        assert "培训合格证书" in words
        assert NOTE in words

    @pytest.mark.parametrize(
        "path", ["/diploma/v1", "/certificate/v99", "/..%2Fcertificate/v2", "/certificate/..%2Fv2"]
    )
    async def test_what_is_not_there_is_not_found(self, client_for: Any, keeper: Actor, path: str) -> None:
        answer = await (await client_for(app, keeper)).get(f"{BASE}{path}/preview")
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        "template", [f"{kind.name}/{version}" for kind in kinds() for version in versions(kind.name)]
    )
    def test_no_version_could_be_taken_for_a_document(self, fonts: Fonts, template: str) -> None:
        pdf, number = specimen(template, fonts), sample(template).number
        shown = pypdfium2.PdfDocument(pdf)
        for page in shown:
            words = "".join(page.get_textpage().get_text_range().split())
            assert MARK.replace("　", "") in words
            assert NOTE in words
        assert not number or NUMBER in "".join(char for char, _ in character_boxes(pdf))
        codes = [code.text for page in shown for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]
        assert [code for code in codes if code != NUMBER and ".invalid/" not in code] == []


ENDLESS = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from services.certificates.rendering import catalogue
catalogue.TEMPLATES, catalogue.PACKAGE = Path({folder!r}) / "slow_kinds", "slow_kinds"
from services.certificates.previews.specimen import main
main()
"""
CONTRACT = """
from services.certificates.rendering.contract import DocumentContent, DocumentKind
KIND = DocumentKind("slow", "慢", DocumentContent)
"""
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], list[str]]:
    """The command that previews a template of one's own."""

    def make(page: str) -> list[str]:
        version = tmp_path / "slow_kinds" / "slow" / "v1"
        version.mkdir(parents=True)
        (version.parent / "contract.py").write_text(CONTRACT, encoding="utf-8")
        (version / "template.html").write_text(page, encoding="utf-8")
        (version / "style.css").write_text("", encoding="utf-8")
        (version / "sample.json").write_text('{"number": ""}', encoding="utf-8")
        return [sys.executable, "-c", ENDLESS.format(folder=str(tmp_path)), "slow/v1", str(CACHE)]

    return make


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class TestABadTemplate:
    @pytest.mark.req("PLAT-01")
    async def test_one_that_never_ends_is_killed_and_the_api_goes_on(
        self, program: Callable[[str], list[str]], tmp_path: Path
    ) -> None:
        command = program(LOOP)
        note = tmp_path / "process"
        command[2] = f"import os, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n" + command[2]
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.01)
                beats += 1

        beating = asyncio.create_task(beat())
        with pytest.raises(PreviewTooSlow) as refused:
            await made_apart(command, seconds=3)
        beating.cancel()
        assert "循环" in refused.value.detail
        assert beats > 20
        assert not _is_there(int(note.read_text()))

    async def test_nobody_waiting_any_more_ends_it_too(self, tmp_path: Path) -> None:
        pipe = tmp_path / "process"
        os.mkfifo(pipe)
        words = f"import os, time; open({str(pipe)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        waiting = asyncio.create_task(made_apart([sys.executable, "-c", words]))
        process = int(await asyncio.to_thread(pipe.read_text))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not _is_there(process)

    @pytest.mark.req("PLAT-02")
    @pytest.mark.parametrize(
        ("page", "words"), [('{% include "/etc/passwd" %}', "模板有误"), ("<p>\U000f0000</p>", "U+F0000")]
    )
    async def test_one_that_is_refused_says_why(
        self, program: Callable[[str], list[str]], page: str, words: str
    ) -> None:
        with pytest.raises(PreviewFailed) as refused:
            await made_apart(program(page))
        assert words in refused.value.detail

    async def test_one_that_breaks_the_program_is_a_clear_refusal(self) -> None:
        with pytest.raises(PreviewFailed) as refused:
            await made_apart([sys.executable, "-c", "import os; os.abort()"])
        assert (refused.value.status, refused.value.code) == (422, "preview_failed")

    def test_the_api_itself_loads_no_renderer(self) -> None:
        words = "import sys, services.certificates.main; sys.exit('weasyprint' in sys.modules)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=environment, check=False).returncode == 0

    @pytest.mark.req("PLAT-05")
    async def test_it_gets_no_key_of_the_api(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SIGNING_KEY", "very secret")
        told = await made_apart([sys.executable, "-c", "import os; print(sorted(os.environ))"])
        assert b"PATH" in told
        assert b"SIGNING_KEY" not in told
