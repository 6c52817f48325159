"""How personal numbers are kept: encryption with key rotation, a blind index for look-up, masks, short signatures.
It owns no keys (they come from settings) and no rule about who may see what.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.errors import AppError

SHORT_TAG_BYTES: Final = 10
MIN_INDEX_KEY: Final = 32
_FERNET_TOKEN = re.compile(r"gAAAA[A-Za-z0-9_\-]{90,}={0,2}")


class DecryptionFailed(AppError):
    status = 500
    code = "decryption_failed"
    detail = "数据解密失败，请联系系统管理员检查密钥配置"


class FieldCipher:
    """Encrypts single fields (PLAT-05). The first key writes, every key reads; the index key never rotates."""

    def __init__(self, keys: Sequence[str], index_key: str) -> None:
        """``keys`` are Fernet keys, newest first; raises ValueError for none, a bad one, or a short ``index_key``."""
        if not keys:
            raise ValueError("at least one encryption key is needed")
        if len(index_key) < MIN_INDEX_KEY:
            raise ValueError(f"the index key needs {MIN_INDEX_KEY} characters or more")
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._index_key = index_key.encode()

    def encrypt(self, clear: str) -> bytes:
        return self._fernet.encrypt(clear.encode())

    def decrypt(self, token: bytes) -> str:
        """The clear text; raises DecryptionFailed for a foreign or damaged token."""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken as error:
            raise DecryptionFailed from error

    def rotate(self, token: bytes) -> bytes:
        """The same clear text under the newest key; raises DecryptionFailed."""
        try:
            return self._fernet.rotate(token)
        except InvalidToken as error:
            raise DecryptionFailed from error

    def blind_index(self, clear: str) -> bytes:
        """32 bytes, equal for equal text: normalise first. Serves uniqueness and look-up without decryption."""
        return hmac.digest(self._index_key, clear.encode(), hashlib.sha256)


class Sealed:
    """An encrypted field inside an event: its JSON is the token, it prints as ``***``, only ``open`` shows it."""

    __slots__ = ("_token",)
    _token: str

    def __init__(self, token: str) -> None:
        if not _FERNET_TOKEN.fullmatch(token):
            # Not a ValueError: pydantic would print the input, and here the input may be the clear text itself.
            raise TypeError("Sealed holds a token, never clear text")
        object.__setattr__(self, "_token", token)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Sealed cannot be changed")

    @classmethod
    def seal(cls, cipher: FieldCipher, clear: str) -> "Sealed":
        return cls(cipher.encrypt(clear).decode("ascii"))

    def open(self, cipher: FieldCipher) -> str:
        """The clear text; raises DecryptionFailed."""
        return cipher.decrypt(self._token.encode("ascii"))

    @property
    def token(self) -> str:
        """What is stored and sent."""
        return self._token

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other._token == self._token

    def __hash__(self) -> int:
        return hash(self._token)

    def __reduce__(self) -> tuple[type["Sealed"], tuple[str]]:
        return Sealed, (self._token,)

    @classmethod
    def _parse(cls, value: object) -> "Sealed":
        if isinstance(value, Sealed):
            return value
        if not isinstance(value, str):
            raise TypeError("Sealed is read from a token")
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        to_token = core_schema.plain_serializer_function_ser_schema(lambda sealed: sealed.token, when_used="json")
        return core_schema.no_info_plain_validator_function(cls._parse, serialization=to_token)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        return {"type": "string", "format": "sealed"}


def mask_resident_id(number: str) -> str:
    """``3201********1234``; a number too short to hide anything is hidden whole (PLAT-05)."""
    return _masked(number, head=4, stars=8)


def mask_phone(number: str) -> str:
    """``138****5678``, and a landline likewise; a number too short is hidden whole (PLAT-05)."""
    return _masked(number, head=3, stars=4)


def _masked(text: str, *, head: int, stars: int, tail: int = 4) -> str:
    if len(text) - head - tail < min(stars, head):
        return "*" * len(text)
    return text[:head] + "*" * stars + text[-tail:]


def sign_short(key: bytes, payload: bytes) -> str:
    """base64url of payload and an 80-bit HMAC tag, short enough for a QR code (BEY-05)."""
    return base64.urlsafe_b64encode(payload + _tag(key, payload)).rstrip(b"=").decode("ascii")


def read_short(key: bytes, token: str) -> bytes | None:
    """The payload of a token of ``sign_short``; None when it was not made with this key or was changed in any place."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    payload, tag = raw[:-SHORT_TAG_BYTES], raw[-SHORT_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, payload)):
        return None
    # The unused last bits of base64 would let one payload have several spellings.
    return payload if sign_short(key, payload) == token else None


def _tag(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, hashlib.sha256)[:SHORT_TAG_BYTES]
