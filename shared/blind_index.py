"""Blind indexes: keyed hashes by which an encrypted value is found and kept single (PLAT-05), in up to two versions, so that their key
can be changed while people register: each row carries a part for each key, each part has a place of its own, and a unique index stands over
each place. Whoever writes, writes all parts; whoever looks, looks for all.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MIN_INDEX_KEY: Final = 32
PLACES: Final = 2
PART_BYTES: Final = 33
_WRITTEN = re.compile(r"(?:(\d{1,3}):)?(.*)", re.DOTALL)


@dataclass(frozen=True)
class IndexKey:
    """``version`` is written in front of what is made with the key: 1 to 255."""

    version: int
    secret: bytes

    @classmethod
    def read_all(cls, written: Iterable[str]) -> "tuple[IndexKey, ...]":
        """Keys as settings have them: ``2:secret``; without a number it is the first. Raises ValueError for none, more than two, a short
        one, and for two that would have the same place."""
        keys = tuple(map(cls._read, written))
        if not keys:
            raise ValueError("at least one index key is needed")
        if len(keys) != len({place_of(key.version) for key in keys}):
            raise ValueError(
                "the versions of two index keys follow each other, as 2 does 1, and there are no more than two"
            )
        return keys

    @classmethod
    def _read(cls, written: str) -> "IndexKey":
        found = _WRITTEN.fullmatch(written)
        version, secret = int(found[1] or 1) if found else 0, found[2] if found else ""
        if not 1 <= version <= 255:
            raise ValueError("the version of an index key is 1 to 255")
        if len(secret) < MIN_INDEX_KEY:
            raise ValueError(f"the index key needs {MIN_INDEX_KEY} characters or more")
        return cls(version, secret.encode())

    def part(self, clear: str) -> bytes:
        """The version and 32 bytes."""
        return bytes([self.version]) + hmac.digest(self.secret, clear.encode(), hashlib.sha256)


def place_of(version: int) -> int:
    """Where in the column's array the part of a version stands, as PostgreSQL counts: 1 for odd ones, 2 for even ones."""
    return 1 if version % 2 else 2


def placed(versions: Iterable[int]) -> frozenset[int]:
    """The places of these versions."""
    return frozenset(map(place_of, versions))


def parts_of(index: bytes) -> list[bytes]:
    """The parts of one index, or of many, each with its version. Raises ValueError for anything else."""
    if len(index) % PART_BYTES:
        raise ValueError("not a blind index")
    return [index[at : at + PART_BYTES] for at in range(0, len(index), PART_BYTES)]


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two indexes are of the same text: they have a part in common."""
    return not set(parts_of(one)).isdisjoint(parts_of(other))
