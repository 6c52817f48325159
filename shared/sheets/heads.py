"""Where a table of another system has its titles, and which of its columns is which: aliases instead of one title, heads of two lines with
merged cells, a heading above, a total below.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

SKIPPED_SHOWN: Final = 20
_TOTALS: Final = ("合计", "总计", "小计", "共计", "总数", "制表", "填报单位", "填表", "备注：", "注：")
_NOISE: Final = re.compile(r"[\s*＊:：()（）\[\]【】/、_\-]+")


def bare_title(text: str) -> str:
    """A title without stars, blanks and brackets, half width."""
    return _NOISE.sub("", normalize("NFKC", text))


class Titles:
    """What each key's column may be called; the first is how it is told of."""

    def __init__(self, titles: Mapping[str, Sequence[str]]) -> None:
        self._shown = {key: names[0] for key, names in titles.items()}
        self._keys = {bare_title(name): key for key, names in titles.items() for name in names}

    def shown(self, key: str) -> str:
        return self._shown[key]

    def key(self, *titles: str) -> str | None:
        """The key of the first of these titles that is known."""
        return next((found for title in titles if (found := self._keys.get(bare_title(title)))), None)


@dataclass(frozen=True)
class Head:
    """``places``: column -> key; ``titles``: column -> as it is written; ``ends`` is the index of the first row below it."""

    places: dict[int, str]
    titles: dict[int, str]
    ends: int
    ignored: list[str] = field(default_factory=list)


def find_head(rows: Sequence[Sequence[str]], titles: Titles, required: Sequence[str]) -> Head | None:
    """The one, in one line or in two, that has most of the known columns and all the required ones; of equals the first and shorter."""
    best: Head | None = None
    for at in range(len(rows)):
        for lines in (1, 2):
            if at + lines > len(rows):
                continue
            head = _head(rows[at : at + lines], titles, at + lines)
            if set(required) <= set(head.places.values()) and (best is None or len(head.places) > len(best.places)):
                best = head
    return best


def _head(lines: Sequence[Sequence[str]], titles: Titles, ends: int) -> Head:
    """Of two lines the lower says what the column is; where it is blank, a merged cell of the upper one does. Where a title comes twice the
    first stands."""
    width = max(len(line) for line in lines)
    upper = _spread(lines[0], width) if len(lines) > 1 else [""] * width
    lower = [*lines[-1], *[""] * (width - len(lines[-1]))]
    places: dict[int, str] = {}
    written: dict[int, str] = {}
    ignored: list[str] = []
    for at in range(width):
        title = lower[at].strip() or (lines[0][at].strip() if len(lines) > 1 and at < len(lines[0]) else "")
        if not title:
            continue
        key = titles.key(upper[at] + lower[at], title)
        if key is None or key in places.values():
            ignored.append(title[:40])
        else:
            places[at], written[at] = key, title[:40]
    return Head(places, written, ends, ignored)


def _spread(line: Sequence[str], width: int) -> list[str]:
    """A merged cell has its text in the first of its columns."""
    spread: list[str] = []
    for at in range(width):
        text = line[at].strip() if at < len(line) else ""
        spread.append(text or (spread[-1] if spread else ""))
    return spread


def is_total(cells: Sequence[str], known: Mapping[str, str], required: Sequence[str]) -> bool:
    """A row that is no unit: its first text is that of a total, and what every unit has is not all there."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return first.startswith(_TOTALS) and not all(known.get(key, "").strip() not in {"", first} for key in required)
