"""Cuts one font to the characters that certificates need. Done in a process of its own, once per machine: it takes some hundred megabytes,
which a worker that lives for weeks would never give back.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

ROOT = Path(__file__).resolve().parents[3]


def cut_in_a_process(source: Path, family: str, wanted: Set[int], target: Path) -> None:
    """Runs ``cut`` as ``python -m`` this module. Raises ``CalledProcessError`` when it fails."""
    order = json.dumps({"source": str(source), "family": family, "wanted": sorted(wanted), "target": str(target)})
    command = [sys.executable, "-m", "services.certificates.rendering.cutting"]
    subprocess.run(command, input=order.encode(), cwd=ROOT, check=True)  # noqa: S603  # our own interpreter and module


def cut(source: Path, family: str, wanted: Set[int], target: Path) -> None:
    """As TrueType, because a page embeds its part of such a font in half the time and half the bytes; without layout
    tables and hints; and under a family of its own, because two fonts of one name would hide each other."""
    with TTFont(source, lazy=True) as full:
        cmap = {code: name for code, name in full.getBestCmap().items() if code in wanted}
        names = [".notdef", *dict.fromkeys(cmap.values())]
        outlines = full.getGlyphSet()
        builder = FontBuilder(full["head"].unitsPerEm, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap(cmap)
        builder.setupGlyf({name: _quadratic(outlines, name) for name in names})
        builder.setupHorizontalMetrics(
            {name: (full["hmtx"][name][0], getattr(builder.font["glyf"][name], "xMin", 0)) for name in names}
        )
        builder.setupHorizontalHeader(ascent=full["hhea"].ascent, descent=full["hhea"].descent)
        builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "-")})
        builder.setupOS2(
            sTypoAscender=full["OS/2"].sTypoAscender,
            sTypoDescender=full["OS/2"].sTypoDescender,
            usWinAscent=full["OS/2"].usWinAscent,
            usWinDescent=full["OS/2"].usWinDescent,
        )
        builder.setupPost(keepGlyphNames=False)
        builder.save(target)


def _quadratic(outlines: Mapping[str, Any], name: str) -> Glyph:
    """TrueType curves within a thousandth of an em of the original's."""
    pen = TTGlyphPen(None)
    outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
    return pen.glyph()


def main() -> None:
    """Reads the order from standard input."""
    order: dict[str, Any] = json.load(sys.stdin)
    cut(Path(order["source"]), order["family"], set(order["wanted"]), Path(order["target"]))


if __name__ == "__main__":
    main()
