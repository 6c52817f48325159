"""The rows that do not come over as a sheet again, to be corrected and sent once more: bad cells red, the reason beside them (FAQ-D16)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.declaration.legacy.columns import COLUMNS, PHONE
from shared.crypto import mask_phone
from shared.sheets import Column, write_marked

Told = tuple[Mapping[str, str], str | None, Sequence[Mapping[str, Any]]]


def marked(places: Mapping[str, Sequence[str]], rows: Sequence[Told]) -> bytes:
    """``places`` {key: [letter, title]} are the columns of the file; of each row its cells, its phone, its problems."""
    columns = [Column(each.key, places[each.key][1], width=24) for each in COLUMNS if each.key in places]
    return write_marked("旧系统数据", columns, list(_lines(rows)))


def _lines(rows: Sequence[Told]) -> Iterator[tuple[Mapping[str, object], Mapping[str, str]]]:
    for cells, phone, problems in rows:
        reasons: dict[str, list[str]] = {}
        for each in problems:
            reasons.setdefault(each["key"], []).append(each["reason"])
        shown = {**cells, PHONE: mask_phone(phone) if phone else ""}
        yield shown, {key: "；".join(said) for key, said in reasons.items()}
