"""Which characters can be printed, told while somebody types (BEY-19)."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pydantic import TypeAdapter, ValidationError

from shared import glyphs
from shared.fields import CleanText, GbkText, PersonName
from shared.reference.pinyin import folded, same_name

pytestmark = pytest.mark.req("BEY-19")
# Private places of GBK, in a name as old keyboards write it, and what they stood for.
TRAILS = [*range(0x50, 0x7F), *range(0x80, 0xA1)]


def box() -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((900, 0), (900, 800), (100, 800)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def font_of(path: Path, family: str, *characters: str) -> Path:
    """A font that has these characters as boxes."""
    names = [f"u{ord(char):X}" for char in characters]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({ord(char): name for char, name in zip(characters, names, strict=True)})
    builder.setupGlyf({name: box() for name in (".notdef", *names)})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names), (1000, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "-")})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without fonts for rare names."""
    monkeypatch.setattr(glyphs, "EXTENSIONS", {})
    monkeypatch.setattr(glyphs, "printable", glyphs.bundled)


def refused(kind: Any, text: str) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as told:
        TypeAdapter(kind).validate_python(text)
    return [(error["type"], error["msg"]) for error in told.value.errors()]


@pytest.mark.usefixtures("bare")
class TestTyping:
    @pytest.mark.parametrize("char", ["𰻝", "😀", "𠮷", "\ue000", "\U000f0000", "က"])
    @pytest.mark.parametrize("kind", [PersonName, CleanText(500, lines=True), GbkText(100)])
    def test_what_no_font_has_is_named(self, kind: Any, char: str) -> None:
        asked = kind if kind is PersonName else Annotated[str, kind]
        ((code, words),) = refused(asked, f"李{char}")
        assert code == "text_unprintable"
        assert f"“{char}”（U+{ord(char):04X}）" in words

    @pytest.mark.parametrize(
        "text",
        ["䶮㛃𬭚", "ABDULREHIM", "José Müller", "①②㎡℃→★·—…《》", "一\n二\t三", "甲\u3000乙", "葛\U000e0100", "Ⅲ级"],
    )
    def test_what_can_be_printed_passes(self, text: str) -> None:
        assert glyphs.unprintable(text) == ()

    def test_what_is_never_printed_is_not_asked(self) -> None:
        kind = TypeAdapter[str](Annotated[str, CleanText(20, printed=False)])
        assert kind.validate_python("报名须知📌") == "报名须知📌"

    @pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u202f"])
    def test_a_blank_of_typesetters_is_a_blank(self, blank: str) -> None:
        assert TypeAdapter[str](PersonName).validate_python(f"J.{blank}Smith") == "J. Smith"


class TestPrivate:
    @pytest.mark.parametrize(
        ("private", "meant"), [("\ue863", "䶮"), ("\ue864", "龻"), ("\ue81e", "龴"), ("\ue816", "𠂇"), ("\ue82a", "㧐")]
    )
    def test_a_private_character_becomes_the_real_one(self, private: str, meant: str) -> None:
        assert TypeAdapter[str](PersonName).validate_python(f"赵{private}") == f"赵{meant}"
        assert folded(f"赵{private}") == f"赵{meant}"
        assert same_name(f"赵{private}", f"赵{meant}")

    def test_the_table_is_that_of_the_standard(self) -> None:
        """As far as Python's codec, which is of the year 2000, knows the character."""
        codec = [bytes((0xFE, trail)).decode("gb18030") for trail in TRAILS]
        ours = [glyphs.real(chr(0xE815 + at)) for at in range(len(TRAILS))]
        known = [at for at, char in enumerate(codec) if not "\ue000" <= char <= "\uf8ff"]
        assert len(known) > 60
        assert [ours[at] for at in known] == [codec[at] for at in known]
        assert not [char for char in ours if "\ue000" <= char <= "\uf8ff"]


class TestFonts:
    def test_ideographs_of_an_installed_font_can_be_printed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        font = font_of(tmp_path / "rare.ttf", "BabelStone Han", "𰻝", "𠮷", "😀", "字")
        monkeypatch.setattr(glyphs, "EXTENSIONS", {"BabelStone Han": font, "Absent": tmp_path / "absent.ttf"})
        assert list(glyphs.installed()) == ["BabelStone Han"]
        assert glyphs.ideographs(font) == {ord(char) for char in "𰻝𠮷字"}
        assert ord("𰻝") in glyphs.printable.__wrapped__()
        assert ord("😀") not in glyphs.printable.__wrapped__()

    @pytest.mark.parametrize("damage", [b"", b"OTTO", b"\0" * 400, b"\xff" * 400])
    def test_what_is_no_font_is_said(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / "broken.ttf").write_bytes(damage)
        with pytest.raises(ValueError, match="broken.ttf"):
            glyphs.ideographs(tmp_path / "broken.ttf")

    def test_ranges_are_written_and_read(self) -> None:
        assert glyphs.written([0x20, 0x21, 0x4E00]) == "20-21\n4E00-4E00\n"
        assert len(glyphs.bundled()) > 30_000
