"""What archives and screen readers need of a file, fact by fact: language, title, outline, roles, alternative texts, headers of tables,
fonts, colours, and no content outside of the structure. Nothing here proves the whole standards, which takes a validator.
"""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from services.certificates.rendering.catalogue import current, kind, kinds, sample
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import render
from services.certificates.templates.account_application.contract import AccountApplication, Choice
from tests.services.certificates.pages import picture_file
from tests.services.certificates.structure import (
    STANDARD_ROLES,
    elements,
    fonts_without_file,
    marks_of_structure,
    marks_on_pages,
    metadata_of,
    outline_of,
    painted_outside_marks,
)

KINDS = [found.name for found in kinds()]
ARCHIVED = [found.name for found in kinds() if found.archived]
CERTIFICATES = ["certificate", "certificate_skills"]
pytestmark = pytest.mark.req("STAFF-10")


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, fonts: Fonts) -> Iterator[pikepdf.Pdf]:
    template = current(request.param)
    content = sample(template)
    if "photo" in type(content).model_fields:
        content = content.model_copy(update={"photo": picture_file("RGB", "JPEG")})
    with pikepdf.open(BytesIO(render(template, content, fonts))) as pdf:
        yield pdf


def every(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("opened", names, indirect=True)


# Operators whose first or last operand is the name of a resource, by the part of the resources that has it.
NAMED = {"gs": "/ExtGState", "Do": "/XObject", "Tf": "/Font", "sh": "/Shading"}


def unknown_names(part: pikepdf.Object) -> set[str]:
    """What a page, or a form on it, draws by a name that its resources do not have; a strict reader warns of each."""
    resources, found = part.get("/Resources", pikepdf.Dictionary()), set()
    for each in pikepdf.parse_content_stream(part):
        kind = NAMED.get(str(each.operator))
        name = next((one for one in each.operands if isinstance(one, pikepdf.Name)), None)
        if kind and name not in resources.get(kind, {}):
            found.add(f"{name} {each.operator}")
    forms = [each for each in resources.get("/XObject", {}).values() if each.get("/Subtype") == "/Form"]
    return found.union(*map(unknown_names, forms))


@every(KINDS)
class TestEveryDocument:
    def test_a_strict_reader_has_nothing_to_warn_of(self, opened: pikepdf.Pdf, tmp_path: Path) -> None:
        assert [unknown_names(page.obj) for page in opened.pages] == [set() for _ in opened.pages]
        file = tmp_path / "page.pdf"
        opened.save(file)
        for tool, options, target in (("pdftotext", (), "-"), ("pdftoppm", ("-r", "20"), str(tmp_path / "page"))):
            if found := shutil.which(tool):
                command = [found, *options, str(file), target]
                said = subprocess.run(command, capture_output=True, check=True)  # an installed program and our own file
                assert said.stderr == b""

    def test_it_says_its_language_and_shows_its_title(self, opened: pikepdf.Pdf) -> None:
        assert str(opened.Root.Lang) == "zh-CN"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        assert str(opened.docinfo.Title).strip()
        assert str(opened.docinfo.Title) in metadata_of(opened)

    def test_it_has_an_outline_that_begins_with_its_heading(self, opened: pikepdf.Pdf) -> None:
        assert outline_of(opened)[0].strip()
        assert [each.role for each in elements(opened)].count("/H1") >= 1

    def test_it_is_tagged_with_roles_that_every_reader_knows(self, opened: pikepdf.Pdf) -> None:
        assert bool(opened.Root.MarkInfo.Marked)
        assert {each.role for each in elements(opened)} <= STANDARD_ROLES

    def test_everything_on_its_pages_is_content_in_the_structure_or_decoration(self, opened: pikepdf.Pdf) -> None:
        assert marks_on_pages(opened) == marks_of_structure(opened)
        assert painted_outside_marks(opened) == []

    def test_every_picture_has_words(self, opened: pikepdf.Pdf) -> None:
        assert [each for each in elements(opened) if each.role == "/Figure" and not (each.alt or "").strip()] == []

    def test_every_font_is_in_the_file(self, opened: pikepdf.Pdf) -> None:
        assert fonts_without_file(opened) == []

    def test_headers_say_what_they_head_and_cells_name_headers_that_exist(self, opened: pikepdf.Pdf) -> None:
        cells = elements(opened)
        heads = [each for each in cells if each.role == "/TH"]
        assert [each for each in heads if each.scope not in {"/Row", "/Column"}] == []
        assert {name for each in cells for name in each.headers} <= {each.name for each in heads}
        if heads:
            listed = list(opened.Root.StructTreeRoot.IDTree.Names)[::2]
            assert [str(name) for name in listed] == sorted({each.name or "" for each in heads})


@every(ARCHIVED)
class TestArchived:
    def test_it_claims_pdf_a_2a(self, opened: pikepdf.Pdf) -> None:
        said = metadata_of(opened)
        assert 'pdfaid:part="2"' in said
        assert 'pdfaid:conformance="A"' in said

    def test_its_colours_are_those_of_srgb(self, opened: pikepdf.Pdf) -> None:
        (intent,) = opened.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFA1"
        assert "sRGB" in str(intent.OutputConditionIdentifier)
        profile = intent.DestOutputProfile
        assert int(profile.N) == 3
        assert profile.read_bytes()[16:20] == b"RGB "
        used = {str(each.ColorSpace) for each in opened.objects if _is_picture(each)}
        assert used <= {"/DeviceRGB", "/DeviceGray"}

    def test_it_has_nothing_that_an_archive_refuses(self, opened: pikepdf.Pdf) -> None:
        assert [each for each in opened.objects if _is_picture(each) and bool(each.get("/Interpolate", False))] == []
        assert [each for each in opened.objects if isinstance(each, pikepdf.Stream) and "/SMask" in each] == []
        states = [each for page in opened.pages for each in page.Resources.get("/ExtGState", {}).values()]
        assert {float(each[name]) for each in states for name in ("/ca", "/CA") if name in each} <= {1.0}
        assert len(opened.trailer.ID) == 2
        assert not {"/AA", "/OpenAction", "/AcroForm", "/Names"} & set(opened.Root.keys())


def _is_picture(item: object) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"


@every(CERTIFICATES)
@pytest.mark.req("CERT-05", "CERT-06")
class TestACertificate:
    def test_it_is_read_in_the_order_of_the_page(self, opened: pikepdf.Pdf) -> None:
        read = [each for each in elements(opened) if each.role in {"/H1", "/Figure"}]
        assert [each.role for each in read] == ["/H1", "/Figure", "/Figure"]
        assert "照片" in (read[1].alt or "")
        assert "二维码" in (read[2].alt or "")

    def test_its_heading_is_the_kind(self, opened: pikepdf.Pdf) -> None:
        label = next(each.label for each in kinds() if str(opened.docinfo.Title).startswith(each.label))
        assert outline_of(opened) == [label]


@every([name for name in KINDS if not kind(name).archived])
def test_a_form_claims_pdf_ua_1(opened: pikepdf.Pdf) -> None:
    assert 'pdfuaid:part="1"' in metadata_of(opened)


@every(["account_application"])
@pytest.mark.req("AUTH-01", "AUTH-06")
class TestTheApplicationForm:
    def test_each_value_has_the_label_beside_it_as_its_header(self, opened: pikepdf.Pdf) -> None:
        cells = [each for each in elements(opened) if each.role in {"/TH", "/TD"}]
        beside = [(cell, before) for before, cell in zip(cells, cells[1:], strict=False) if cell.headers]
        assert len(beside) > 15
        assert [cell for cell, before in beside if cell.headers != (before.name,)] == []

    def test_ticked_and_empty_boxes_and_places_to_sign_are_told_in_words(self, opened: pikepdf.Pdf) -> None:
        told = [each.alt for each in elements(opened) if each.role == "/Figure"]
        ticked = [choice.ticked for choice in _choices()]
        assert (told.count("已勾选"), told.count("未勾选")) == (sum(ticked), len(ticked) - sum(ticked))
        assert [words for words in told if words and words.startswith("申请人签字")] != []

    def test_its_sections_are_in_the_outline(self, opened: pikepdf.Pdf) -> None:
        assert [title[0] for title in outline_of(opened)[1:4]] == ["一", "二", "三"]


def _choices() -> list[Choice]:
    form = sample(current("account_application"))
    assert isinstance(form, AccountApplication)
    return [choice for section in form.sections for row in section.rows for choice in row.choices or ()]


@every(["sign_in_sheet"])
@pytest.mark.req("STAFF-07")
def test_an_empty_cell_to_sign_in_names_its_day_and_person(opened: pikepdf.Pdf) -> None:
    cells = [each for each in elements(opened) if each.role == "/TD"]
    assert {len(each.headers) for each in cells} == {1, 2}
    assert sum(len(each.headers) == 2 for each in cells) == 3 * 5
