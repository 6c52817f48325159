"""Which kinds of documents there are, how a new one comes, and what a template may not have."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.certificates.rendering import catalogue, packages
from services.certificates.rendering.catalogue import current, kind, kind_of, kinds, sample, versions
from services.certificates.rendering.contract import FormContent
from services.certificates.rendering.errors import TemplateBroken, UnknownTemplate
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from services.certificates.templates.certificate.contract import CertificateDocument
from tests.services.certificates.pages import character_boxes

# An issued document names the version that it was printed with: what was once released is never taken away.
RELEASED = {
    "account_application/v1",
    "certificate/v1",
    "certificate/v2",
    "certificate_skills/v1",
    "sign_in_sheet/v1",
}
pytestmark = pytest.mark.req("STAFF-10")


def all_templates() -> list[str]:
    return [f"{found.name}/{version}" for found in kinds() for version in versions(found.name)]


class TestTheCatalogue:
    def test_what_was_released_is_still_there(self) -> None:
        assert set(all_templates()) >= RELEASED

    @pytest.mark.parametrize("template", all_templates())
    def test_every_version_prints_its_sample_and_stays_small(self, fonts: Fonts, template: str) -> None:
        assert len(template) <= 40
        assert len(render(template, sample(template), fonts)) < 100_000

    def test_the_current_version_is_one_of_the_versions(self) -> None:
        assert [found.name for found in kinds() if found.current not in versions(found.name)] == []
        assert current("certificate") == "certificate/v2"

    def test_kinds_are_found_by_what_they_say(self) -> None:
        certificates = {found.name for found in kinds(CertificateDocument)}
        assert certificates == {"certificate", "certificate_skills"}
        assert certificates & {found.name for found in kinds(FormContent)} == set()

    @pytest.mark.parametrize(
        "template",
        [
            "diploma/v1",
            "certificate/v99",
            "certificate",
            "certificate/",
            "certificate/v2/..",
            "certificate/../certificate/v1",
            "../templates/certificate/v1",
            "/etc/passwd",
            "",
        ],
    )
    def test_any_other_name_is_refused_by_name(self, template: str) -> None:
        with pytest.raises(UnknownTemplate) as refused:
            kind_of(template)
        assert (refused.value.status, refused.value.code) == (404, "unknown_template")

    def test_content_of_another_kind_is_refused(self, fonts: Fonts) -> None:
        with pytest.raises(TemplateBroken):
            render("certificate/v2", sample("sign_in_sheet/v1"), fonts)


CONTRACT = """
from services.certificates.rendering.contract import DocumentContent, DocumentKind

class Note(DocumentContent):
    words: str

KIND = DocumentKind("note", "便条", Note)
"""
STYLE = "@page { size: 100mm 60mm } html { font-family: 'NotoSerifSC GB2312' } html, body, h1, p { display: block }"
AddKind = Callable[..., str]


@pytest.fixture
def add_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddKind]:
    """Makes a folder of templates with one kind in it, and nothing else: no line of code knows it."""
    package = f"kinds_{tmp_path.name.replace('-', '_')}"

    def add(page: str = "<h1>便条</h1><p>{{ document.words }}</p>", style: str = STYLE) -> str:
        version = tmp_path / package / "note" / "v1"
        version.mkdir(parents=True)
        (version.parent / "contract.py").write_text(CONTRACT, encoding="utf-8")
        (version / "template.html").write_text(f'<html lang="zh-CN"><body>{page}</body></html>', encoding="utf-8")
        (version / "style.css").write_text(style, encoding="utf-8")
        (version / "sample.json").write_text('{"number": "", "words": "今日无事"}', encoding="utf-8")
        (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
        return "note/v1"

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(catalogue, "TEMPLATES", tmp_path / package)
    monkeypatch.setattr(catalogue, "PACKAGE", package)
    yield add
    packages.forget()
    sys.modules.pop(f"{package}.note.contract", None)


class TestANewKind:
    def test_it_is_one_folder_and_nothing_else(self, fonts: Fonts, add_kind: AddKind) -> None:
        template = add_kind()
        assert [(found.name, found.label) for found in kinds()] == [("note", "便条")]
        assert (current("note"), kind("note").archived) == (template, False)
        shown = render(template, sample(template), fonts)
        assert "".join(char for char, _ in character_boxes(shown)) == "便条今日无事"

    def test_its_name_is_that_of_its_folder(self, add_kind: AddKind, tmp_path: Path) -> None:
        add_kind()
        contract = next(tmp_path.glob("*/note/contract.py"))
        contract.write_text(CONTRACT.replace('"note"', '"other"'), encoding="utf-8")
        with pytest.raises(TypeError, match="note"):
            kinds()


class TestATemplateMayNot:
    @pytest.mark.parametrize(
        "page",
        [
            '{% include "/etc/passwd" %}',
            '{% include "../../../secret.txt" %}',
            '{% include "../v2/template.html" %}',
            '{% include "note/v1/template.html" %}',
            '{% import "contract.py" as contract %}',
            '{% extends "base.html" %}',
            "{{ document.__class__.__mro__ }}",
            "{{ ''.__class__.__base__.__subclasses__() }}",
            "{{ document.model_dump.__globals__ }}",
            "{{ self.__init__.__globals__ }}",
            "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
            "{{ document.unknown }}",
            "{{ 1 / 0 }}",
            "{% for at in range(10000000) %}{% endfor %}",
            "{% if %}",
        ],
    )
    def test_reach_beyond_its_folder_and_its_content(self, fonts: Fonts, add_kind: AddKind, page: str) -> None:
        template = add_kind(page)
        with pytest.raises(TemplateBroken):
            render(template, sample(template), fonts)

    @pytest.mark.parametrize(
        "page",
        [
            '<img src="missing.png">',
            '<img src="file:///etc/passwd">',
            '<img src="https://platform.invalid/x.png">',
            '<p style="background: url(file:///etc/passwd)">',
            '<svg><image href="file:///etc/passwd" width="10" height="10"/></svg>',
            '<link rel="stylesheet" href="file:///etc/passwd">',
            '<style>@import url("other.css");</style>',
            '<style>@font-face { font-family: X; src: url("x.ttf") }</style><p style="font-family: X">字</p>',
            '<object data="file:///etc/passwd"></object>',
            '<embed src="file:///etc/passwd">',
        ],
    )
    def test_show_a_file_or_picture_that_was_not_registered(self, fonts: Fonts, add_kind: AddKind, page: str) -> None:
        template = add_kind(page)
        with pytest.raises(TemplateBroken) as refused:
            render(template, sample(template), fonts)
        assert "系统管理人员" in refused.value.detail

    @pytest.mark.parametrize("rule", ["@import url('other.css');", "body { background: url(file:///etc/passwd) }"])
    def test_have_a_style_that_loads_anything(self, fonts: Fonts, add_kind: AddKind, rule: str) -> None:
        template = add_kind(style=rule + STYLE)
        with pytest.raises(TemplateBroken):
            render(template, sample(template), fonts)

    def test_be_without_its_page_or_style(self, fonts: Fonts, add_kind: AddKind, tmp_path: Path) -> None:
        template = add_kind()
        next(tmp_path.glob("*/note/v1/style.css")).unlink()
        with pytest.raises(TemplateBroken):
            render(template, sample(template), fonts)
        next(tmp_path.glob("*/note/v1/template.html")).unlink()
        with pytest.raises(UnknownTemplate):
            render(template, kind("note").contract.model_validate({"number": "", "words": "字"}), fonts)
