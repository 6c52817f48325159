"""Which characters the platform can print (BEY-19): asked while somebody types, long before a page is made. Code points come from the fonts
themselves: of the one that comes with the platform they are written into ``data/glyphs.txt`` (``make write``), of the system's fonts with
rare ideographs they are read where such a font is installed.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from struct import error as StructError
from struct import iter_unpack, unpack

BUNDLED = Path(__file__).parent / "reference" / "data" / "glyphs.txt"
# Debian's fonts-babelstone-han and fonts-hanazono, by family. The image and `make run` install the first.
EXTENSIONS = {
    "BabelStone Han": Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    "HanaMinB": Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
}
# Of those fonts only ideographs are used: an emoji in a certificate is no name.
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
# A selector chooses the shape of the character before it, where the font knows one, and is drawn as nothing otherwise.
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANKS = frozenset(" \u3000\r\n\t")

# Where GBK and GB 18030-2000 kept characters that Unicode did not have yet: the first private code point, and what stands there and behind
# it (GB 18030-2005 and -2022). Old keyboards and imported sheets still write them.
_PRIVATE = {
    0xE78D: "︐︒︑︓︔︕︖",
    0xE794: "︗︘︙",
    0xE7C7: "ḿǹ",
    0xE7E7: "〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻",
    0xE815: "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹",
    0xE844: "䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻",
}
_REAL = {first + at: char for first, chars in _PRIVATE.items() for at, char in enumerate(chars)}


def real(text: str) -> str:
    """The text with the known private characters as the real ones that they stood for."""
    return text.translate(_REAL)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters that no font has, each once, in order; blanks and line breaks need no glyph."""
    known = printable()
    seen = dict.fromkeys(_SELECTOR.sub("", text))
    return tuple(char for char in seen if char not in _BLANKS and ord(char) not in known)


def is_selector(char: str) -> bool:
    return _SELECTOR.fullmatch(char) is not None


def named(characters: Iterable[str]) -> str:
    """As a person is told of them: “𰻝”（U+30EDD）、…"""
    return "、".join(f"“{char}”（U+{ord(char):04X}）" for char in characters)


@lru_cache(maxsize=1)
def printable() -> frozenset[int]:
    """Every code point that this machine can print."""
    return bundled().union(*(ideographs(path) for path in installed().values()))


def installed() -> dict[str, Path]:
    """{family: file} of the fonts with rare ideographs that are there."""
    return {family: path for family, path in EXTENSIONS.items() if path.is_file()}


@lru_cache(maxsize=1)
def bundled() -> frozenset[int]:
    """Code points of the font that comes with the platform."""
    return frozenset(_read(BUNDLED.read_text("ascii")))


@lru_cache(maxsize=4)
def ideographs(font: Path) -> frozenset[int]:
    """The ideographs of one font file. Raises ``ValueError`` for what is no font that reaches beyond 16 bits."""
    return frozenset(
        code
        for low, high in _groups(font)
        for first, last in _IDEOGRAPHS
        for code in range(max(low, first), min(high, last) + 1)
    )


def _groups(font: Path) -> list[tuple[int, int]]:
    """(first, last code point) of each group of the character map (OpenType cmap, format 12). Reading just this takes milliseconds, where
    a library takes a second of every process of every service."""
    try:
        with font.open("rb") as file:
            (tables,) = unpack(">4xH6x", file.read(12))
            directory = file.read(16 * tables)
            start = next(at for tag, at, _ in iter_unpack(">4s4xII", directory) if tag == b"cmap")
            file.seek(start)
            (count,) = unpack(">2xH", file.read(4))
            encodings = iter_unpack(">HHI", file.read(8 * count))
            file.seek(start + next(at for platform, encoding, at in encodings if (platform, encoding) == (3, 10)))
            (groups,) = unpack(">12xI", file.read(16))
            return [(low, high) for low, high, _ in iter_unpack(">III", file.read(12 * groups))]
    except (StopIteration, StructError) as error:
        raise ValueError(f"{font.name} has no character map of 32 bits") from error


def written(code_points: Iterable[int]) -> str:
    """As the file holds them: one range a line, in hexadecimal."""
    ranges: list[list[int]] = []
    for code in sorted(code_points):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{first:X}-{last:X}\n" for first, last in ranges)


def _read(text: str) -> Iterator[int]:
    for line in text.split():
        first, last = line.split("-")
        yield from range(int(first, 16), int(last, 16) + 1)
