"""Column types of our own: text that is encrypted at rest (PLAT-05), blind indexes, codes of an enum, PostgreSQL's 64-bit transaction id.
What stands in an encrypted column is found by these types when keys are changed (``shared.db.rekeying``).
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Enum,
    Index,
    LargeBinary,
    String,
    false,
    or_,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlalchemy.sql.operators import OperatorType, eq, in_op
from sqlalchemy.types import TypeDecorator, UserDefinedType

from shared.blind_index import PLACES, parts_of, place_of
from shared.crypto import FieldCipher
from shared.settings import platform_settings


@lru_cache(maxsize=1)
def field_cipher() -> FieldCipher:
    """The cipher of this process, from the platform's keys."""
    settings = platform_settings()
    return FieldCipher(settings.field_keys, settings.blind_index_key)


def blind_index(clear: str) -> bytes:
    """The index of ``clear`` under the keys of this process."""
    return field_cipher().blind_index(clear)


class EncryptedText(TypeDecorator[str]):
    """``str`` in Python, Fernet bytes in the database. Look-ups go through a blind index column beside it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else field_cipher().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else field_cipher().decrypt(value)


class SealedText(TypeDecorator[str]):
    """The token of a ``Sealed`` as it came in an event, opened only where it is needed."""

    impl = String
    cache_ok = True


class Source(NamedTuple):
    """What a blind index is made of: the column of the same table, and how its clear text becomes the index."""

    column: str
    made_by: Callable[[str], bytes]


class BlindIndex(TypeDecorator[bytes]):
    """``FieldCipher.blind_index`` in Python; in the database an array with a place for each version (``shared.blind_index``), of which
    ``==`` and ``in_`` find a row by any. Without a ``source`` the index of a row cannot be made anew, so such rows must go by
    themselves within days."""

    impl = ARRAY(LargeBinary)
    cache_ok = True

    def __init__(self, source: Source | None = None) -> None:
        super().__init__()
        self.source = source

    class comparator_factory(TypeDecorator.Comparator[bytes]):  # SQLAlchemy's name
        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            if op is eq and isinstance(other[0], bytes):
                return _matches(self.expr, other[0])
            if op is in_op:
                return _matches(self.expr, b"".join(other[0]))
            return cast(ColumnElement[Any], super().operate(op, *other, **kwargs))

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> list[bytes | None] | None:
        return None if value is None else self.placed(value)

    @staticmethod
    def placed(index: bytes) -> list[bytes | None]:
        """The parts at their places, as the column holds them."""
        at = {_place(part): part for part in parts_of(index)}
        return [at.get(place) for place in range(1, PLACES + 1)]

    def process_result_value(self, value: list[bytes | None] | None, dialect: Dialect) -> bytes | None:
        return None if value is None else b"".join(part for part in value if part)


Indexed = ColumnElement[bytes] | Mapped[bytes] | Mapped[bytes | None]


def at_place(index: Indexed, place: int) -> ColumnElement[bytes]:
    """The part of an index column that stands at ``place``."""
    # Written out, not bound: an index over a place serves no statement that names the place only when it is run.
    return cast(ColumnElement[bytes], type_coerce(index, ARRAY(LargeBinary))[text(str(place))])


def _place(part: bytes) -> int:
    return place_of(part[0])


def _matches(index: ColumnElement[bytes], wanted: bytes) -> ColumnElement[bool]:
    parts = sorted(parts_of(wanted), key=_place)
    return or_(false(), *(at_place(index, place).in_(list(same)) for place, same in groupby(parts, _place)))


def is_same_index(one: Indexed, other: Indexed) -> ColumnElement[bool]:
    """Whether two columns hold an index of the same text, under whichever key."""
    return or_(*(at_place(one, place) == at_place(other, place) for place in range(1, PLACES + 1)))


def place_indexes(
    name: str,
    index: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None],
    *,
    before: Iterable[Any] = (),
    after: Iterable[Any] = (),
    **options: Any,
) -> None:
    """An index (``name``_1, ``name``_2) over each place of the column, the same for both."""
    for place in range(1, PLACES + 1):
        Index(f"{name}_{place}", *before, at_place(index, place), *after, **options)


class TransactionId(UserDefinedType[str]):
    """``xid8``; compared and ordered by PostgreSQL, carried as decimal text in Python."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def code_of(enum: type[StrEnum], name: str | None = None) -> Enum:
    """A text column that holds the values of ``enum`` and, by a constraint, nothing else; ``name`` is the constraint's where a table has
    the enum twice."""
    return Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or enum.__name__.lower(),
    )
