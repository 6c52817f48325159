"""Codes that nobody has to think of: whoever adds an entry gives its name, and the platform makes of it what it is known by."""

from collections.abc import Collection, Iterable
from itertools import count

from services.training.plans.models import PlanType, Specialty
from shared.reference.pinyin import initials

STEP, LAST = 10, 10_000
_LONGEST, _LONGEST_NUMBER = 30, 6


def _letters(label: str) -> str:
    return "".join(char for char in initials(label).upper() if char.isascii() and char.isalnum())


def unused_code(label: str, taken: Collection[str]) -> str:
    """A code made of the label's initials that is not ``taken``."""
    base = f"x_{_letters(label).lower()}"[:_LONGEST].rstrip("_")
    return next(code for number in count(1) if (code := f"{base}_{number}") not in taken)


def unused_number(label: str, taken: Collection[str]) -> str:
    """The letters by which a type stands in numbers, not ``taken``."""
    base = _letters(label)[:_LONGEST_NUMBER] or "X"
    return base if base not in taken else next(each for n in count(2) if (each := f"{base}{n}") not in taken)


def behind(known: Iterable[PlanType | Specialty]) -> int:
    """The place behind all of these."""
    return min(LAST, max((each.position for each in known), default=0) + STEP)
