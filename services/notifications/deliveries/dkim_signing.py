"""A signature of the sending domain on each mail (DKIM, RFC 6376), where the mail server does not make one itself. It covers what ends a
kind of mail by one press, as RFC 8058 asks.
"""

import dkim

from services.notifications.settings import NotificationSettings, notification_settings

_SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe")
_HEADERS = [name.lower().encode() for name in (*_SIGNED, "List-Unsubscribe-Post")]


class DkimWrong(Exception):
    """The settings of DKIM cannot be used."""


def signed(own: NotificationSettings, written: bytes) -> bytes:
    """The mail with its signature in front; as it was where none is set."""
    if not own.dkim_domain:
        return written
    there = written.partition(b"\r\n\r\n")[0].lower()
    made: bytes = dkim.sign(
        written,
        own.dkim_selector.encode(),
        own.dkim_domain.encode(),
        _pem(own.dkim_key),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in _HEADERS if there.startswith(name + b":") or b"\n" + name + b":" in there],
    )
    return made + written


def _pem(key: str) -> bytes:
    """A key in one line, as a setting has it, with the lines that a file has around it."""
    if "-----BEGIN" in key:
        return key.encode()
    return f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n".encode()


def check_own_dkim() -> None:
    """``check_dkim`` of the settings of this process."""
    check_dkim(notification_settings())


def check_dkim(own: NotificationSettings) -> None:
    """Raises ``DkimWrong`` when one of the three settings is missing or the key signs nothing."""
    given = (own.dkim_domain, own.dkim_selector, own.dkim_key)
    if any(given) and not all(given):
        raise DkimWrong("NOTIFICATIONS_DKIM_DOMAIN, _SELECTOR, _KEY: 三项须同时设置 · set all three")
    try:
        signed(own, b"From: a@b.cn\r\n\r\n\r\n")
    except Exception as error:
        raise DkimWrong(
            f"NOTIFICATIONS_DKIM_KEY 不是可用的 RSA 私钥 · no usable RSA key: {type(error).__name__}"
        ) from None
