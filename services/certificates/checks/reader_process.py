"""What is done in a bounded process (``shared.bounded``) with a stranger's file, of which the platform's signature is wanted."""

from base64 import b64decode
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, TypeVar

from asn1crypto import x509

from services.certificates.signing.identity import Trust
from services.certificates.signing.reading import read_seal

# What these libraries import when they first need it: there are no files any more then.
for late in (
    "cryptography.hazmat.backends.openssl.backend",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
):
    import_module(late)
T = TypeVar("T")


def altered(pdf: bytes, *, roots: list[str], signers: list[str]) -> tuple[bool, bytes]:
    """Whether ``pdf`` carries the platform's signature and is not what was signed. ``roots`` are DER in base64."""
    trust = Trust(tuple(x509.Certificate.load(b64decode(each)) for each in roots), frozenset(signers))
    reading = _at_once(read_seal(pdf, trust))
    return reading is not None and not reading.intact, b""


def _at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Of one that waits for nothing: a loop would need sockets, and there are none here."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    raise RuntimeError("reading a signature waited for something")
