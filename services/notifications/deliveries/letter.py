"""A mail as it stands on the wire: a plain and an HTML part of the same words. The Message-ID is made from the delivery's id, so that a
mail that goes twice after a crash is known as the same one; what can be chosen away says how, for a press of the mail program's own button
(RFC 8058). Its shape never changes and each thing that is filled in is ASCII without a line of its own, so it is put together as bytes: the
library's classes take five milliseconds for the same mail, more than all the rest of sending it.
"""

import re
from base64 import encodebytes
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import Header
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

_HTML = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
).get_template("letter.html")
# One mailbox: nothing that ends a header, a word or an envelope's bracket.
_MAILBOX = re.compile(r"[!-~]+@[!-~]+")
_NO_MAILBOX = re.compile(r"[<>,;:\\\"()\[\]]")


@dataclass(frozen=True)
class Mail:
    """One e-mail; its ``repr`` shows neither address nor text. ``unsubscribe`` is the address that ends this kind, where it can be
    ended."""

    id: UUID
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)


def html_of(subject: str, text: str, *, home: str, unsubscribe: str | None = None) -> str:
    """The same words for a mail program that shows HTML. Only addresses of the platform itself, which begin with ``home``, can be
    followed: what somebody typed may hold another's."""
    parts = [_linked(part, home) for part in text.strip().split("\n\n")]
    return _HTML.render(subject=subject, parts=parts, unsubscribe=unsubscribe)


def _linked(part: str, home: str) -> Markup:
    own = re.compile(rf"({re.escape(home.rstrip('/'))}/[\w\-./?=&%#]*)", re.ASCII)
    pieces = own.split(part)
    return Markup("").join(
        Markup('<a href="{0}">{0}</a>').format(piece)
        if place % 2
        else Markup("<br>").join(escape(line) for line in piece.split("\n"))
        for place, piece in enumerate(pieces)
    )


def is_mailbox(address: str) -> bool:
    """Whether it can be written in a mail as it is."""
    return bool(_MAILBOX.fullmatch(address)) and not _NO_MAILBOX.search(address) and address.count("@") == 1


def letter(mail: Mail, sender: str, home: str) -> bytes:
    """The mail on the wire. Raises ValueError when the address cannot be written in one."""
    if not is_mailbox(mail.address):
        raise ValueError("no mailbox")
    head = {
        "From": sender,
        "To": mail.address,
        "Subject": _in_a_header(mail.subject),
        "Date": formatdate(localtime=False),
        "Message-ID": message_id(mail.id, sender),
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{mail.id.hex}"',
    }
    if mail.unsubscribe:
        head["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        head["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    html = html_of(mail.subject, mail.text, home=home, unsubscribe=mail.unsubscribe)
    parts = ((mail.text, "plain"), (html, "html"))
    bodies = [b"--%b\r\n%b" % (mail.id.hex.encode(), _part(words, kind)) for words, kind in parts]
    return b"".join([_lines(head), b"\r\n", *bodies, b"--%b--\r\n" % mail.id.hex.encode()])


@lru_cache(maxsize=64)
def _in_a_header(words: str) -> str:
    """A mass notice has one subject for all."""
    return Header(" ".join(words.split()), "utf-8", header_name="Subject").encode(linesep="\r\n")


def _lines(head: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode("ascii")


def message_id(mail_id: UUID, sender: str) -> str:
    """As it stands in the mail's header."""
    return f"<{mail_id}@{sender.rpartition('@')[2]}>"


def _part(words: str, kind: str) -> bytes:
    head = {"Content-Type": f'text/{kind}; charset="utf-8"', "Content-Transfer-Encoding": "base64"}
    body = "\r\n".join([*words.splitlines(), ""]).encode()
    return _lines(head) + b"\r\n" + encodebytes(body).replace(b"\n", b"\r\n") + b"\r\n"
