"""A guide on paper (BEY-18): contents with page numbers, pictures, small, and copied where it was made before."""

import json
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from ops.guides.paper import guide_pdf, write_guides
from ops.guides.table import MADE
from services.certificates.rendering.fonts import load_fonts
from tests.services.certificates.pages import CACHE

pytestmark = pytest.mark.req("BEY-18")
MOST = 5_000_000


def test_a_guide_is_printed_with_contents_pictures_and_page_numbers() -> None:
    content = json.loads((MADE / "reviewer.json").read_text("utf-8"))
    made = guide_pdf(content, load_fonts(CACHE))
    assert made.startswith(b"%PDF-")
    assert len(made) < MOST
    with pypdfium2.PdfDocument(made) as pdf:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
        pictures = sum(1 for page in pdf for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))
        outline = [each.get_title() for each in pdf.get_toc()]
    assert all(section["title"] in texts[0] for section in content["sections"])
    assert f"1 / {len(texts)}" in texts[0]
    assert pictures == sum(block["kind"] == "picture" for each in content["sections"] for block in each["blocks"])
    assert outline[1:] == [section["title"] for section in content["sections"]]


def test_what_lies_in_the_cache_is_not_made_again_and_what_is_old_goes(tmp_path: Path) -> None:
    cache, folder = tmp_path / "cache", tmp_path / "assets"
    cache.mkdir()
    folder.mkdir()
    names = {json.loads(path.read_text("utf-8"))["pdf"] for path in MADE.glob("*.json") if path.stem != "index"}
    for name in (*names, "guide-unit-000000000000.pdf"):
        (cache / name).write_bytes(name.encode())
    write_guides(folder, cache)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: name.encode() for name in names}
    assert {path.name for path in cache.iterdir()} == names
