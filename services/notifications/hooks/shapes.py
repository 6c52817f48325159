"""How a message is handed to each kind of hook, and what its answer means: ours by an HMAC that docs/api.md describes, the robots as their
makers document them.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from services.notifications.hooks.workflow import HookKind
from shared.outgoing import Answered

SIGNATURE, TIMESTAMP = "X-Platform-Signature", "X-Platform-Timestamp"
SIGNATURE_BEFORE = "X-Platform-Signature-Before"
_ROBOT_HOSTS = {HookKind.WECOM: "qyapi.weixin.qq.com", HookKind.DINGTALK: "oapi.dingtalk.com"}
# 企业微信 takes 2,048 bytes.
_MOST_BYTES = 2000


@dataclass(frozen=True)
class Push:
    """``link`` is a whole address; ``at`` the moment of sending."""

    id: UUID
    kind: str
    kind_label: str
    title: str
    body: str
    link: str
    occurred_at: datetime
    at: datetime


@dataclass(frozen=True)
class Asked:
    """What is sent: where to, what, and with which headers. Its ``repr`` shows no secret."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def host_of(kind: HookKind) -> str:
    """The one host that a robot's address has; nothing for a unit's own."""
    return _ROBOT_HOSTS.get(kind, "")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 of ``timestamp.body``."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _to_webhook(address: str, secrets: Sequence[str], push: Push) -> Asked:
    told = {
        "id": str(push.id),
        "kind": push.kind,
        "kind_label": push.kind_label,
        "title": push.title,
        "body": push.body,
        "link": push.link,
        "occurred_at": push.occurred_at.isoformat(),
    }
    body, timestamp = _json(told), str(int(push.at.timestamp()))
    # The one of before stands apart: who looks at the first alone has to know the new secret only.
    signed = [f"v1={signature(each, timestamp, body)}" for each in secrets]
    headers = {TIMESTAMP: timestamp, **dict(zip((SIGNATURE, SIGNATURE_BEFORE), signed, strict=False))}
    return Asked(address, body, headers)


def _words(push: Push) -> bytes:
    words = f"{push.title}\n{push.body}\n{push.link}".encode()[:_MOST_BYTES].decode(errors="ignore")
    return _json({"msgtype": "text", "text": {"content": words}})


def _to_wecom(address: str, _secrets: Sequence[str], push: Push) -> Asked:
    return Asked(address, _words(push))


def _to_dingtalk(address: str, secrets: Sequence[str], push: Push) -> Asked:
    secret = next(iter(secrets), None)
    if secret is None:
        return Asked(address, _words(push))
    timestamp = str(int(push.at.timestamp() * 1000))
    sign = base64.b64encode(hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest())
    return Asked(f"{address}&{urlencode({'timestamp': timestamp, 'sign': sign.decode()})}", _words(push))


_SHAPES: Mapping[HookKind, Callable[[str, Sequence[str], Push], Asked]] = {
    HookKind.WEBHOOK: _to_webhook,
    HookKind.WECOM: _to_wecom,
    HookKind.DINGTALK: _to_dingtalk,
}


def asked_of(kind: HookKind, address: str, secrets: Sequence[str], push: Push) -> Asked:
    """The request that brings it there."""
    return _SHAPES[kind](address, secrets, push)


def error_in(kind: HookKind, answered: Answered) -> str:
    """Why it was not taken; nothing when it was. A robot refuses with 200 and a number."""
    if not 200 <= answered.status < 300:
        return f"对方答复 {answered.status}"
    if not host_of(kind):
        return ""
    try:
        said = json.loads(answered.body)
        code, words = int(said["errcode"]), str(said.get("errmsg", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "对方的答复无法识别"
    return "" if code == 0 else f"对方拒绝：{code} {words}"[:300]
