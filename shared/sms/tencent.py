"""Tencent Cloud SMS (腾讯云短信): SendSms and PullSmsSendStatusByPhoneNumber of 2021-01-11, signed with TC3-HMAC-SHA256 as documented under
"签名方法 v3". It knows no message again by our id; asked about a number it names what the operators have reported so far, so that a message
which it does not name may still have been taken.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx

from shared.clock import now_utc
from shared.sms.messages import (
    Asked,
    CannotAsk,
    ChannelDown,
    MessageRefused,
    NoAnswer,
    NotHere,
    Report,
    Sms,
    Verdict,
    exchange,
    object_of,
    storable,
)
from shared.sms.templates import EVERY_KIND, Template

ALGORITHM = "TC3-HMAC-SHA256"
VERSION = "2021-01-11"
SERVICE = "sms"
_JSON = "application/json"
_WINDOW = timedelta(hours=1)
_LISTED = 100
# By the beginning of the code, the longest that fits; what is not named here is the provider's trouble, or ours with it.
_MEANING: Mapping[str, type[Exception]] = {
    "FailedOperation.PhoneNumberInBlacklist": MessageRefused,
    "FailedOperation.PhoneNumberParseFail": MessageRefused,
    "InvalidParameterValue.IncorrectPhoneNumber": MessageRefused,
    "LimitExceeded": NotHere,
    "FailedOperation.ContainSensitiveWord": NotHere,
    "FailedOperation.SignatureIncorrectOrUnapproved": NotHere,
    "FailedOperation.Template": NotHere,
    "InvalidParameterValue": NotHere,
    "InvalidParameter": NotHere,
    "MissingParameter": NotHere,
    "UnsupportedOperation": NotHere,
    "InternalError": NoAnswer,
}
_VERDICTS = {"SUCCESS": Verdict.DELIVERED, "FAIL": Verdict.FAILED}


def _meaning(code: str) -> type[Exception]:
    fitting = [begun for begun in _MEANING if code.startswith(begun)]
    return _MEANING[max(fitting, key=len)] if fitting else ChannelDown


def _mac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def authorization(key_id: str, secret: str, *, host: str, content_type: str, payload: bytes, timestamp: int) -> str:
    """The header that signs a POST of ``/`` with ``payload``, at ``timestamp`` in seconds since 1970."""
    day = f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}"
    signed = "content-type;host"
    lines = f"content-type:{content_type}\nhost:{host}\n"
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(payload).hexdigest()}"
    scope = f"{day}/{SERVICE}/tc3_request"
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _mac(_mac(_mac(f"TC3{secret}".encode(), day), SERVICE), "tc3_request")
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


@dataclass(frozen=True)
class TencentProvider:
    """``url`` is the endpoint, ``app_id`` the SmsSdkAppId, ``signature`` the name between 【】 that is approved there, ``templates`` are by
    kind; their parameters are counted, not named."""

    url: str
    key_id: str
    secret: str = field(repr=False)
    app_id: str
    region: str
    signature: str
    templates: Mapping[str, Template]
    now: Callable[[], datetime] = now_utc
    name: str = "tencent"
    knows_again: bool = False
    lists_all: bool = False

    def takes(self, kind: str) -> bool:
        return kind in self.templates or EVERY_KIND in self.templates

    async def send(self, client: httpx.AsyncClient, sms: Sms) -> str:
        template = self.templates.get(sms.kind) or self.templates.get(EVERY_KIND)
        if template is None:
            raise NotHere("no template for this kind")
        said = await self._call(
            client,
            "SendSms",
            {
                "PhoneNumberSet": [f"+86{sms.phone}"],
                "SmsSdkAppId": self.app_id,
                "SignName": self.signature,
                "TemplateId": template.code,
                "TemplateParamSet": list(template.filled(sms.fields).values()),
                "SessionContext": str(sms.id),
            },
        )
        row = next(iter(_rows(said.get("SendStatusSet"))), {})
        code = storable(row.get("Code"))
        if not code:
            raise NoAnswer("the answer names no status")
        if code != "Ok":
            raise _meaning(code)(code)
        return storable(row.get("SerialNo")) or str(sms.id)

    async def ask(self, client: httpx.AsyncClient, asked: Asked) -> Report | None:
        question = {
            "BeginTime": int((asked.handed_at - timedelta(minutes=1)).timestamp()),
            "EndTime": int((asked.handed_at + _WINDOW).timestamp()),
            "Offset": 0,
            "Limit": _LISTED,
            "PhoneNumber": f"+86{asked.phone}",
            "SmsSdkAppId": self.app_id,
        }
        try:
            said = await self._call(client, "PullSmsSendStatusByPhoneNumber", question)
        except (NotHere, MessageRefused) as error:
            raise CannotAsk(str(error)) from None
        for row in _rows(said.get("PullSmsSendStatusSet")):
            ours = (
                row.get("SerialNo") == asked.reference
                if asked.reference
                else row.get("SessionContext") == str(asked.id)
            )
            if ours:
                verdict = _VERDICTS.get(str(row.get("ReportStatus")), Verdict.TAKEN)
                return Report(storable(row.get("SerialNo")) or str(asked.id), verdict, storable(row.get("Description")))
        return None

    async def _call(self, client: httpx.AsyncClient, action: str, question: Mapping[str, object]) -> dict[str, object]:
        payload = json.dumps(question).encode()
        timestamp, host = int(self.now().timestamp()), urlsplit(self.url).netloc
        signed = authorization(
            self.key_id, self.secret, host=host, content_type=_JSON, payload=payload, timestamp=timestamp
        )
        headers = {
            "Host": host,
            "Content-Type": _JSON,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": self.region,
            "X-TC-Timestamp": str(timestamp),
            "Authorization": signed,
        }
        try:
            request = client.build_request("POST", f"{self.url}/", content=payload, headers=headers)
        except httpx.InvalidURL as error:
            raise ChannelDown(type(error).__name__) from None
        return self._judged(await exchange(client, request))

    @staticmethod
    def _judged(answer: httpx.Response) -> dict[str, object]:
        said = object_of(answer).get("Response")
        if not isinstance(said, dict):
            raise (NoAnswer if answer.is_success or answer.is_server_error else ChannelDown)(
                f"HTTP {answer.status_code}"
            )
        error = said.get("Error")
        if isinstance(error, dict):
            code = storable(error.get("Code")) or "Error"
            raise _meaning(code)(code)
        return said


def _rows(value: object) -> list[dict[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
