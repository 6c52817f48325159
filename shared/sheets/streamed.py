"""Large tables of other systems as services read them: in a bounded process, once, and then row by row."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.bounded import TooComplicated, Work, run
from shared.sheets import streaming
from shared.sheets.columns import SheetRow

# 250,000 rows take less than a minute of a processor.
WORK: Final = Work("shared.sheets.streaming:stream", seconds=240, memory=1024 * 1024 * 1024)
# The refusals of that work have to be known here, so that they can be raised again.
REFUSALS: Final = streaming
_LONGEST_LINE: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024


@dataclass(frozen=True)
class StreamedRow:
    """``marks`` say of a cell that it was a number (``n``), a formula (``f``) or an error (``e``)."""

    row: SheetRow
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Streamed:
    """``places``: key -> (letter, title). ``shown`` are (line, text) of rows that are no data, ``skipped`` how many of them there are."""

    places: Mapping[str, tuple[str, str]]
    ignored: Sequence[str]
    total: int
    skipped: int
    shown: Sequence[tuple[int, str]]
    date1904: bool
    packed: bytes

    def rows(self) -> Iterator[StreamedRow]:
        """Each row, from the first; only some are held at a time. Raises TooComplicated for an answer that is none."""
        try:
            for line in _lines(self.packed):
                number, texts, marks = json.loads(line)
                values = {key: str(text) for key, text in texts.items() if key in self.places}
                yield StreamedRow(SheetRow(int(number), values), {key: str(mark) for key, mark in marks.items()})
        except (ValueError, TypeError, AttributeError, zlib.error) as error:
            raise TooComplicated from error


def _lines(packed: bytes) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    rest, left = b"", packed
    while left or unpack.unconsumed_tail:
        piece = unpack.decompress(unpack.unconsumed_tail or left, _PIECE)
        left = b""
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise TooComplicated
        yield from whole
        if not piece and not unpack.unconsumed_tail:
            break


async def read_streamed(
    data: bytes, *, name: str, titles: Mapping[str, Sequence[str]], required: Sequence[str], max_rows: int
) -> Streamed:
    """The table in a CSV or an xlsx, told apart by ``name``. Raises what ``stream`` raises, TooComplicated and ParsersBusy."""
    given: dict[str, Any] = {key: list(names) for key, names in titles.items()}
    said, packed = await run(WORK, data, name=name, titles=given, required=list(required), max_rows=max_rows)
    return Streamed(
        places={key: (str(letter), str(title)) for key, (letter, title) in said["places"].items()},
        ignored=[str(each) for each in said["ignored"]],
        total=int(said["rows"]),
        skipped=int(said["skipped"]),
        shown=[(int(line), str(text)) for line, text in said["shown"]],
        date1904=bool(said["date1904"]),
        packed=packed,
    )
