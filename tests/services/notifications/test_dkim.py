"""The signature of the sending domain, checked as a receiving server does it."""

import base64
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import rsa

from services.notifications.deliveries.dkim_signing import DkimWrong, check_dkim, signed
from services.notifications.deliveries.letter import Mail, letter
from services.notifications.settings import NotificationSettings
from shared.identifiers import new_id

pytestmark = pytest.mark.req("BEY-12")
KEY = rsa.generate_private_key(65537, 1024)
PEM = KEY.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()).decode()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(ser.Encoding.DER, ser.PublicFormat.SubjectPublicKeyInfo))
MAIL = Mail(new_id(), "a@b.cn", "报名退回", "李联系，您好：\n\n内容\n", "https://x.cn/u")


def own(**given: str) -> NotificationSettings:
    return NotificationSettings.model_validate(
        {"dkim_domain": "example.cn", "dkim_selector": "s1", "dkim_key": PEM, **given}
    )


def holds(mail: bytes) -> bool:
    def record(name: bytes, **_: Any) -> bytes:
        assert name == b"s1._domainkey.example.cn."
        return b"v=DKIM1; k=rsa; p=" + PUBLIC

    return bool(dkim.verify(mail, minkey=1024, dnsfunc=record))


@pytest.mark.parametrize("key", [PEM, "".join(PEM.split("\n")[1:-2])])
def test_a_receiving_server_finds_it_right(key: str) -> None:
    """From a file, and in one line as a setting has it."""
    mail = signed(own(dkim_key=key), letter(MAIL, "noreply@example.cn", "https://x.cn"))
    assert mail.startswith(b"DKIM-Signature:")
    assert holds(mail)


@pytest.mark.parametrize("part", [b"a@b.cn", b"https://x.cn/u", b"One-Click", b"PCFET0NU"])
def test_what_it_covers_cannot_be_changed(part: bytes) -> None:
    mail = signed(own(), letter(MAIL, "noreply@example.cn", "https://x.cn"))
    assert part in mail
    assert not holds(mail.replace(part, part[:-1] + b"X"))


def test_without_the_settings_a_mail_goes_as_it_is() -> None:
    assert signed(NotificationSettings(), b"x") == b"x"


@pytest.mark.parametrize(
    "given", [{"dkim_key": ""}, {"dkim_selector": ""}, {"dkim_key": "no key"}, {"dkim_domain": ""}]
)
def test_what_cannot_sign_is_told_at_the_start(given: dict[str, str]) -> None:
    with pytest.raises(DkimWrong) as told:
        check_dkim(own(**given))
    assert "no key" not in str(told.value)
