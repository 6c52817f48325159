"""Names that the platform's own font cannot print are printed with the fonts that the machine has for them (BEY-19)."""

from pathlib import Path

import pypdfium2
import pytest

from services.certificates.rendering.errors import FontsUnusable
from services.certificates.rendering.fonts import Fonts, code_points_of_the_fonts, load_fonts
from shared import glyphs
from tests.services.certificates.pages import font_names
from tests.services.certificates.test_rendering import document, render_certificate
from tests.shared.test_glyphs import font_of

pytestmark = pytest.mark.req("BEY-19", "CERT-07")
FEW = frozenset(map(ord, "0123456789 "))


@pytest.fixture
def rare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fonts:
    """The fonts of a machine that has one for the biggest character and an emoji."""
    (tmp_path / "rare").mkdir()
    font = font_of(tmp_path / "rare" / "BabelStoneHan.ttf", "BabelStone Han", "𲎯", "😀")
    monkeypatch.setattr(glyphs, "EXTENSIONS", {"BabelStone Han": font})
    return load_fonts(tmp_path, FEW)


def text_of(pdf: bytes) -> str:
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded())


def test_a_rare_name_is_printed_with_its_own_font(rare: Fonts) -> None:
    pdf = render_certificate(document(holder_name="李𲎯"), rare)
    assert "李𲎯" in text_of(pdf)
    assert any(b"BabelStone" in name for name in font_names(pdf))


def test_a_common_name_does_without(rare: Fonts) -> None:
    pdf = render_certificate(document(holder_name="李四"), rare)
    assert not any(b"BabelStone" in name for name in font_names(pdf))


def test_only_its_ideographs_are_used(rare: Fonts) -> None:
    assert rare.missing("李𲎯😀") == ("😀",)


def test_a_selector_chooses_a_shape_and_needs_no_glyph(fonts: Fonts) -> None:
    assert "葛" in text_of(render_certificate(document(holder_name="葛\U000e0100四"), fonts))


def test_a_damaged_font_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"\0" * 100)
    monkeypatch.setattr(glyphs, "EXTENSIONS", {"BabelStone Han": tmp_path / "broken.ttf"})
    with pytest.raises(FontsUnusable, match=r"broken\.ttf"):
        load_fonts(tmp_path, FEW)


def test_what_is_asked_while_typing_is_what_the_font_has() -> None:
    assert glyphs.bundled() == code_points_of_the_fonts()
