"""Numbers that name people, units and rows: how they are made (UUIDv7), cleaned and checked.
Pure functions that say what is wrong as a reason code; the pydantic types stand in ``shared.fields``.
"""

import os
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID

from shared.clock import age_on

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS: Final = "10X98765432"
OLDEST_BIRTH: Final = date(1900, 1, 1)

_USCC = re.compile(f"[{USCC_ALPHABET}]{{18}}")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[2-9][0-9]{6,7}(-[0-9]{1,6})?")
_POSTCODE = re.compile(r"[0-9]{6}")
_SPACES_AND_DASHES = re.compile(r"[\s\-]+")
_DASHES = re.compile("[‐-―−]")
# Control, format, surrogates, line and paragraph separators.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# The joiner of graphemes, fillers of Hangul and Khmer, the blank of Braille.
_DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
DOT: Final = "\u00b7"
# What keyboards and other systems write for the dot of a name, full stops too.
DOTS: Final = "\u00b7\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\ua78f\ufe52\uff0e\uff65."
# With the selectors that draw one, and the private places where rare ones once stood.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}\ufe00-\ufe0f\U000e0100-\U000e01ef])(?:\\s*[{DOTS}]\\s*|\\s+)(?=[{_HAN}])")
_TO_HALF_WIDTH = str.maketrans({**{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}, "\u3000": " "})

Problem = Literal["format", "checksum", "date"]


def _id_maker() -> Callable[[], UUID]:
    lock = threading.Lock()
    last = [0]

    def make() -> UUID:
        # 48 bits of milliseconds and 12 of a counter grow as one number, so that a burst within one
        # millisecond, or a clock set back, still gives ids in order.
        with lock:
            fresh = (time.time_ns() // 1_000_000) << 12
            last[0] = stamp = max(fresh | (int.from_bytes(os.urandom(2)) & 0x7FF), last[0] + 1)
        tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
        return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | tail)

    return make


# No 0 1 I L O U: read over the telephone and typed again (Crockford).
_SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number(prefix: str) -> str:
    """A number by which somebody without an account follows a request: ``SQ-7K3M-Q9TX-4HWB``, 59 bits that nobody guesses."""
    drawn = [secrets.choice(_SPOKEN) for _ in range(12)]
    return "-".join((prefix, *("".join(drawn[start : start + 4]) for start in (0, 4, 8))))


new_id = _id_maker()
"""Make a UUIDv7 (RFC 9562): ids made by one process sort in the order in which they were made."""


def made_at(own: UUID) -> datetime:
    """When an id of ``new_id`` was made, to the millisecond."""
    return datetime.fromtimestamp((own.int >> 80) / 1000, UTC)


def first_of(moment: datetime) -> UUID:
    """No id of ``new_id`` that was made at this moment or later sorts before it."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def without_marks(text: str) -> str:
    """The text without format characters (direction marks, joiners, soft hyphens), which come along from chat programs and sheets."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


def trimmed(text: str) -> str:
    """The text without the blanks and format characters before and behind it."""
    kept = [at for at, char in enumerate(text) if not char.isspace() and unicodedata.category(char) != "Cf"]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _half_width(text: str) -> str:
    return _DASHES.sub("-", without_marks(text).translate(_TO_HALF_WIDTH)).strip()


def bare(text: str) -> str:
    """What is copied and not worded, such as a code or a number: half width, every dash as ``-``, no blanks, no format characters."""
    return "".join(_half_width(text).split())


def as_name(text: str) -> str:
    """A person's name as it is kept: between two Han characters no blanks, and every dot as ``·``; the rest as it was typed."""
    return _BETWEEN_HAN.sub(lambda found: "" if found[0].isspace() else DOT, text)


def is_seen(char: str) -> bool:
    """Whether a character is to be seen, or is a blank: neither control nor format, nor one of the letters that are drawn as nothing.
    Unassigned ones are: the newest CJK extensions are unassigned to an older Unicode table, and they are people's names."""
    return unicodedata.category(char) not in _UNSEEN_CATEGORIES and char not in _DRAWN_AS_NOTHING


def normalise_uscc(text: str) -> str:
    """Upper case, half width, without spaces or dashes between the groups."""
    return _SPACES_AND_DASHES.sub("", _half_width(text)).upper()


def normalise_resident_id(text: str) -> str:
    """Upper-case X, half width, without spaces between the groups."""
    return "".join(_half_width(text).split()).upper()


def normalise_mobile(text: str) -> str:
    """Half width, without spaces or dashes; a leading +86 goes."""
    return _SPACES_AND_DASHES.sub("", _half_width(text)).removeprefix("+86")


def normalise_landline(text: str) -> str:
    """Half width, without spaces, every kind of dash as ``-``, brackets around the area code taken away."""
    plain = re.sub(r"\s+", "", _half_width(text))
    return re.sub(r"^\((0[0-9]{2,3})\)-?", r"\1-", plain)


def normalise_postcode(text: str) -> str:
    """Half width, without spaces around it."""
    return _half_width(text)


def uscc_problem(code: str) -> Problem | None:
    """What is wrong with a unified social credit code (GB 32100-2015), already normalised; None when it is right.

    Every letter of the alphabet may come first: N is a rural collective, A and Y are rare but real.
    """
    if not _USCC.fullmatch(code):
        return "format"
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(code, USCC_WEIGHTS, strict=False))
    return None if USCC_ALPHABET[-total % 31] == code[-1] else "checksum"


def resident_id_problem(number: str, today: date) -> Problem | None:
    """What is wrong with an 18-place resident id (GB 11643), already normalised; None when it is right (TRN-08).

    The region part is not judged: permits of 81, 82, 83 and abolished counties are valid numbers.
    """
    if not _RESIDENT.fullmatch(number):
        return "format"
    birth = _birth_date(number)
    if birth is None or not OLDEST_BIRTH <= birth <= today:
        return "date"
    total = sum(int(digit) * weight for digit, weight in zip(number, RESIDENT_WEIGHTS, strict=False))
    return None if RESIDENT_CHECKS[total % 11] == number[-1] else "checksum"


def mobile_problem(number: str) -> Problem | None:
    """``format`` unless it is an 11-digit mobile number (TRN-13)."""
    return None if _MOBILE.fullmatch(number) else "format"


def landline_problem(number: str) -> Problem | None:
    """``format`` unless it is area code, number and an optional extension (TRN-14, X32)."""
    return None if _LANDLINE.fullmatch(number) else "format"


def postcode_problem(code: str) -> Problem | None:
    """``format`` unless it is six digits (TRN-14)."""
    return None if _POSTCODE.fullmatch(code) else "format"


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def birth_date_of(resident_id: str) -> date:
    """The birth date inside a valid resident id (TRN-11); raises ValueError when there is none."""
    birth = _birth_date(resident_id)
    if birth is None:
        raise ValueError("no birth date in this number")
    return birth


def sex_of(resident_id: str) -> Literal["男", "女"]:
    """The sex inside a valid resident id: an odd 17th digit is male (GB 11643)."""
    return "男" if int(resident_id[16]) % 2 else "女"


def gbk_length(text: str) -> int:
    """The length in bytes as the old system counted: ASCII 1, everything else 2 (TRN-17).

    Not ``len(text.encode("gbk"))``: that raises for names such as 䶮, which GBK does not know.
    """
    return sum(1 if char.isascii() else 2 for char in text)


__all__ = [
    "DOT",
    "DOTS",
    "Problem",
    "age_on",
    "as_name",
    "bare",
    "birth_date_of",
    "first_of",
    "gbk_length",
    "is_seen",
    "landline_problem",
    "made_at",
    "mobile_problem",
    "new_id",
    "normalise_landline",
    "normalise_mobile",
    "normalise_postcode",
    "normalise_resident_id",
    "normalise_uscc",
    "postcode_problem",
    "resident_id_problem",
    "sex_of",
    "trimmed",
    "uscc_problem",
    "without_marks",
]
