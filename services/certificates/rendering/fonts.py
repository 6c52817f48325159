"""The font of every PDF: Noto Serif SC, cut once to GB 2312 and kept on disk, the full font behind it for rare characters,
and nothing of the machine's own fonts. It owns which characters can be printed; what is printed is the business of
``render``.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from subprocess import CalledProcessError
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import serif_path
from weasyprint.text.fonts import FontConfiguration

from services.certificates.rendering.cutting import cut_in_a_process
from services.certificates.rendering.errors import FontsUnusable
from shared.glyphs import ideographs, installed, is_selector
from shared.identifiers import is_seen

# Family of the cut font -> the full font. Style sheets name the cut family first and the full one ("Noto Serif SC")
# second, so that the full font is opened only for a character that the cut one lacks. fontconfig compares families without
# blanks and case: "NotoSerifSC" alone would be the full font. A family costs a fresh machine six seconds: only what a
# style sheet names stands here.
FULL_FONTS: dict[str, Path] = {"NotoSerifSC GB2312": serif_path()}
RECIPE = "4"
SUMS = "sums.json"


@dataclass(frozen=True)
class Fonts:
    """One per process; not safe for two threads at once. ``characters`` are the code points that every family has, and the ideographs of
    the machine's fonts for rare names."""

    configuration: FontConfiguration
    characters: frozenset[int]

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of ``text`` that would print as an empty box or as nothing, each once, in order."""
        return tuple(char for char in dict.fromkeys(text) if not self._printable(char))

    def _printable(self, char: str) -> bool:
        # Python's table of Unicode may be older than the font: an ideograph that it does not know is unassigned to it, not unprintable.
        drawn = is_seen(char) and (char == "\u3000" or not char.isspace() or char == " ")
        return (ord(char) in self.characters and drawn) or is_selector(char)


def load_fonts(cache_dir: Path, cut_to: frozenset[int] | None = None) -> Fonts:
    """The fonts of this process; the first call on a machine cuts them to the code points ``cut_to`` (GB 2312 unless told)
    under ``cache_dir``, which takes some seconds, and processes that start at the same time wait for it. Raises ``OSError``
    if the folder cannot be written, and ``FontsUnusable``."""
    rare = installed()
    cut = _cut_once(cache_dir / "fonts", common_characters() if cut_to is None else cut_to)
    folders = [cut, *dict.fromkeys(path.parent for path in (*FULL_FONTS.values(), *rare.values()))]
    config_file = _write_config(cache_dir / "fonts", folders, cut.name, list(rare))
    with _environment("FONTCONFIG_FILE", str(config_file)):
        configuration = FontConfiguration()
    return Fonts(configuration=configuration, characters=_all_code_points(rare))


def code_points_of_the_fonts() -> frozenset[int]:
    """What the platform's own fonts have, all of them: other services know it by ``shared.glyphs``. Raises ``FontsUnusable``."""
    return frozenset.intersection(*(_code_points(path) for path in FULL_FONTS.values()))


def _all_code_points(rare: Mapping[str, Path]) -> frozenset[int]:
    try:
        return code_points_of_the_fonts().union(*(ideographs(path) for path in rare.values()))
    except (OSError, ValueError) as error:
        raise FontsUnusable("、".join(path.name for path in rare.values())) from error


def common_characters() -> frozenset[int]:
    """GB 2312, ASCII, and the punctuation that its codec maps elsewhere (middle dot, em dash)."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    plain = {ord(char) for cell in cells for char in cell.decode("gb2312", errors="ignore")}
    return frozenset(plain | set(range(0x20, 0x7F)) | {0xB7, 0x2014, 0x2022, 0x3007})


def _cut_once(folder: Path, wanted: frozenset[int]) -> Path:
    """The folder of the cut fonts, made if it is not there or damaged: under a lock, beside its place, and moved there
    whole. A process that has the damaged files open keeps them; it does not see the new ones."""
    made_of = "|".join((RECIPE, version("pylopdf-fonts-zh-cn"), version("fonttools"), str(sorted(wanted))))
    target = folder / f"cut-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"
    if _whole(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _whole(target):
            unfinished = folder / f"{target.name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            for family, path in FULL_FONTS.items():
                try:
                    cut_in_a_process(path, family, wanted, unfinished / f"{family.replace(' ', '-')}.ttf")
                except CalledProcessError as error:
                    raise FontsUnusable(path.name) from error
            (unfinished / SUMS).write_text(json.dumps(_sums(unfinished)), encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            unfinished.rename(target)
    return target


def _code_points(font: Path) -> frozenset[int]:
    try:
        with TTFont(font, lazy=True) as opened:
            return frozenset(opened.getBestCmap())
    except Exception as error:  # a damaged file makes the reader stumble in many ways
        raise FontsUnusable(font.name) from error


def _sums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.ttf"))}


def _whole(folder: Path) -> bool:
    """A file that lost its end in a crash would print blank pages without a word."""
    try:
        return bool(json.loads((folder / SUMS).read_text(encoding="utf-8")) == _sums(folder) != {})
    except (OSError, ValueError):
        return False


def _write_config(folder: Path, font_folders: list[Path], name: str, last: Sequence[str]) -> Path:
    """A fontconfig file that knows our folders only: the same page on every machine, and no copies of the full fonts in
    the temporary folder, which ``@font-face`` would leave behind when a worker is killed. The families ``last`` stand behind
    those that a style sheet names."""
    lines = [f"<dir>{escape(str(path.resolve()))}</dir>" for path in font_folders]
    if last:
        families = "".join(f"<string>{escape(family)}</string>" for family in last)
        lines.append(f'<match><edit name="family" mode="append_last" binding="weak">{families}</edit></match>')
    lines.append(f"<cachedir>{escape(str((folder / 'fontconfig').resolve()))}</cachedir>")
    head = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
    target = folder / f"{name}.conf"
    unfinished = folder / f"{name}.conf.{os.getpid()}"
    unfinished.write_text(head + "\n".join(lines) + "\n</fontconfig>\n", encoding="utf-8")
    unfinished.replace(target)
    return target


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """fontconfig takes its file from the environment only; children of this process must not inherit it."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
