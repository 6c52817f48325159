"""Column types of our own: text that is encrypted at rest (PLAT-05), codes of an enum, and PostgreSQL's 64-bit transaction id."""

from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Dialect, Enum, LargeBinary
from sqlalchemy.types import TypeDecorator, UserDefinedType

from shared.crypto import FieldCipher
from shared.settings import platform_settings


@lru_cache(maxsize=1)
def field_cipher() -> FieldCipher:
    """The cipher of this process, from the platform's keys."""
    settings = platform_settings()
    return FieldCipher(settings.field_keys, settings.blind_index_key)


class EncryptedText(TypeDecorator[str]):
    """``str`` in Python, Fernet bytes in the database. Look-ups go through a blind index column beside it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else field_cipher().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else field_cipher().decrypt(value)


class TransactionId(UserDefinedType[str]):
    """``xid8``; compared and ordered by PostgreSQL, carried as decimal text in Python."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def code_of(enum: type[StrEnum]) -> Enum:
    """A text column that holds the values of ``enum`` and, by a constraint, nothing else."""
    return Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=enum.__name__.lower(),
    )
