"""The letters by which a class type stands in numbers: whoever adds one gives its name alone."""

from collections.abc import Collection
from itertools import count

from shared.db.dictionaries import letters

_LONGEST_NUMBER = 6


def unused_number(label: str, taken: Collection[str]) -> str:
    """Letters made of the label's initials that are not ``taken``."""
    base = letters(label)[:_LONGEST_NUMBER] or "X"
    return base if base not in taken else next(each for n in count(2) if (each := f"{base}{n}") not in taken)
