"""How personal numbers are kept: encryption whose keys can be changed, a blind index for look-up, masks, short signatures.
It owns no keys (they come from settings), no rule about who may see what, and not how rows come under another key (``shared.db.rekeying``).
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.blind_index import IndexKey
from shared.errors import AppError

# A token says which key it is under: ``3f2a9c1d.gAAAA…``. Those of earlier releases say nothing.
TOKENS: Final = r"(?:[0-9a-f]{8}\.)?gAAAA[A-Za-z0-9_\-]{90,}={0,2}"
_TOKEN = re.compile(TOKENS)
SHORT_TAG_BYTES: Final = 10
_KEY_ID_CHARACTERS = 8


class DecryptionFailed(AppError):
    status = 500
    code = "decryption_failed"
    detail = "数据解密失败，请联系系统管理员检查密钥配置"


def key_id(purpose: str, key: str) -> str:
    """How a key is named where everybody may read it: eight hex digits, nothing of the key itself."""
    return hashlib.sha256(f"{purpose}|{key}".encode()).hexdigest()[:_KEY_ID_CHARACTERS]


class FieldCipher:
    """Encrypts single fields and indexes them (PLAT-05). Of the field keys the first writes and every one reads; of the index keys every
    one writes and every one finds."""

    def __init__(self, keys: tuple[str, ...], index_keys: tuple[str, ...]) -> None:
        """``keys`` are Fernet keys, ``index_keys`` as ``shared.blind_index`` has them; none where nothing is looked up by an index, which
        is then refused. Raises ValueError for no Fernet key or a bad one."""
        if not keys:
            raise ValueError("at least one encryption key is needed")
        self.key_ids = tuple(key_id("field", key) for key in keys)
        self.index_keys = IndexKey.read_all(index_keys) if index_keys else ()
        self.newest = f"{self.key_ids[0]}.".encode()
        self._fernets = dict(zip(self.key_ids, map(Fernet, keys), strict=True))
        self._any = MultiFernet(list(self._fernets.values()))

    def encrypt(self, clear: str) -> bytes:
        return self._named(self._any.encrypt(clear.encode()))

    def decrypt(self, token: bytes) -> str:
        """The clear text; raises DecryptionFailed for a foreign or damaged token, and for one whose key is not there."""
        named, bare = self._parts(token)
        try:
            return (self._fernets[named] if named else self._any).decrypt(bare).decode()
        except (InvalidToken, KeyError) as error:
            raise DecryptionFailed from error

    def rotate(self, token: bytes) -> bytes:
        """The same clear text under the newest key; raises DecryptionFailed."""
        try:
            return self._named(self._any.rotate(self._parts(token)[1]))
        except InvalidToken as error:
            raise DecryptionFailed from error

    def blind_index(self, clear: str) -> bytes:
        """Equal text has an equal part under each key: normalise first. Serves uniqueness and look-up without decryption, in a column of
        the type ``BlindIndex``, which knows what to do with the parts."""
        return b"".join(key.part(clear) for key in self._indexing())

    def keyed_hashes(self, clear: str) -> tuple[bytes, ...]:
        """32 bytes under each index key, for what lives shorter than a change of keys takes: write the first, accept every one."""
        return tuple(key.part(clear)[1:] for key in self._indexing())

    def is_hash_of(self, given: bytes, clear: str) -> bool:
        """Whether ``given`` is one of ``keyed_hashes``."""
        return any(hmac.compare_digest(given, each) for each in self.keyed_hashes(clear))

    def _indexing(self) -> tuple[IndexKey, ...]:
        if not self.index_keys:
            raise LookupError("this service has no index key (shared.services.INDEXED)")
        return self.index_keys

    def _named(self, bare: bytes) -> bytes:
        return self.newest + bare

    @staticmethod
    def _parts(token: bytes) -> tuple[str, bytes]:
        """(id of the key or nothing, Fernet's own token)."""
        named, dot, bare = token.partition(b".")
        return (named.decode("latin-1"), bare) if dot else ("", token)


def tokens_rotated(cipher: FieldCipher, text: str) -> str:
    """The text with every token in it under the newest key, the rest as it was; raises DecryptionFailed."""

    def rotated(found: re.Match[str]) -> str:
        token = found[0].encode()
        return (token if token.startswith(cipher.newest) else cipher.rotate(token)).decode()

    return re.sub(TOKENS, rotated, text)


class Sealed:
    """An encrypted field inside an event: its JSON is the token, it prints as ``***``, only ``open`` shows it."""

    __slots__ = ("_token",)
    _token: str

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
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


def sign_short(keys: tuple[str, ...], payload: bytes) -> str:
    """base64url of payload and an 80-bit HMAC tag by the first key, short enough for a QR code (BEY-05)."""
    return _text(payload + _tag(keys[0], payload))


def read_short(keys: tuple[str, ...], token: str) -> bytes | None:
    """The payload of a token of ``sign_short``; None when it was made with none of these keys or was changed in any place. Which key it
    was is told by the tag alone: a name beside it would cost a QR code a row of modules."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    payload, tag = raw[:-SHORT_TAG_BYTES], raw[-SHORT_TAG_BYTES:]
    if not any(hmac.compare_digest(tag, _tag(key, payload)) for key in keys):
        return None
    # The unused last bits of base64 would let one payload have several spellings.
    return payload if _text(raw) == token else None


def _tag(key: str, payload: bytes) -> bytes:
    return hmac.digest(key.encode(), payload, hashlib.sha256)[:SHORT_TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
