"""Aliyun SMS (阿里云短信服务): SendSms and QuerySendDetails of 2017-05-25, signed with ACS3-HMAC-SHA256 as documented under "V3
版本请求体&签名机制". The provider has no key by which it knows a message again ("不支持幂等"), but gives back our id (``OutId``) to
whoever asks about a number and a day.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx

from shared.clock import beijing_time, now_utc
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

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
_NOTHING = hashlib.sha256(b"").hexdigest()
_PAGE = 50
_MOST_PAGES = 4
# What an answer that is not OK means for the message; what is not named here is the provider's trouble, or ours with it.
_MEANING: Mapping[str, type[Exception]] = {
    "isv.MOBILE_NUMBER_ILLEGAL": MessageRefused,
    "isv.BLACK_KEY_CONTROL_LIMIT": MessageRefused,
    "isv.BUSINESS_LIMIT_CONTROL": NotHere,
    "isv.DAY_LIMIT_CONTROL": NotHere,
    "isv.MONTH_LIMIT_CONTROL": NotHere,
    "isv.SMS_CONTENT_ILLEGAL": NotHere,
    "isv.SMS_TEMPLATE_ILLEGAL": NotHere,
    "isv.SMS_SIGNATURE_ILLEGAL": NotHere,
    "isv.SMS_SIGN_ILLEGAL": NotHere,
    "isv.TEMPLATE_MISSING_PARAMETERS": NotHere,
    "isv.TEMPLATE_PARAMS_ILLEGAL": NotHere,
    "isv.INVALID_PARAMETERS": NotHere,
    "isv.INVALID_JSON_PARAM": NotHere,
    "isv.PARAM_LENGTH_LIMIT": NotHere,
    "isv.PARAM_NOT_SUPPORT_URL": NotHere,
    "isp.SYSTEM_ERROR": NoAnswer,
    "InternalError": NoAnswer,
}
_VERDICTS = {1: Verdict.TAKEN, 2: Verdict.FAILED, 3: Verdict.DELIVERED}


def _encoded(value: str) -> str:
    return quote(value, safe="~")


def canonical_query(query: Mapping[str, str]) -> str:
    """The parameters by name, each percent-encoded as RFC 3986 has it."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(query.items()))


def authorization(key_id: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The header that signs a POST of ``/`` without a body: all of ``headers``, whose names are small."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical = f"POST\n/\n{canonical_query(query)}\n{lines}\n{signed}\n{headers['x-acs-content-sha256']}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"


@dataclass(frozen=True)
class AliyunProvider:
    """``url`` is the endpoint, ``signature`` the name between 【】 that is approved there, ``templates`` are by kind."""

    url: str
    key_id: str
    secret: str = field(repr=False)
    signature: str
    templates: Mapping[str, Template]
    now: Callable[[], datetime] = now_utc
    name: str = "aliyun"
    knows_again: bool = False
    lists_all: bool = True

    def takes(self, kind: str) -> bool:
        return kind in self.templates or EVERY_KIND in self.templates

    async def send(self, client: httpx.AsyncClient, sms: Sms) -> str:
        template = self.templates.get(sms.kind) or self.templates.get(EVERY_KIND)
        if template is None:
            raise NotHere("no template for this kind")
        query = {
            "PhoneNumbers": sms.phone,
            "SignName": self.signature,
            "TemplateCode": template.code,
            "TemplateParam": json.dumps(template.filled(sms.fields), ensure_ascii=False),
            "OutId": str(sms.id),
        }
        body = await self._call(client, "SendSms", query)
        return storable(body.get("BizId")) or str(sms.id)

    async def ask(self, client: httpx.AsyncClient, asked: Asked) -> Report | None:
        for page in range(1, _MOST_PAGES + 1):
            query = {
                "PhoneNumber": asked.phone,
                "SendDate": f"{beijing_time(asked.handed_at):%Y%m%d}",
                "PageSize": str(_PAGE),
                "CurrentPage": str(page),
            }
            if asked.reference:
                query["BizId"] = asked.reference
            try:
                body = await self._call(client, "QuerySendDetails", query)
            except (NotHere, MessageRefused) as error:
                raise CannotAsk(str(error)) from None
            details = body.get("SmsSendDetailDTOs")
            rows = details.get("SmsSendDetailDTO") if isinstance(details, dict) else None
            rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            for row in rows:
                if row.get("OutId") == str(asked.id):
                    status = row.get("SendStatus", 1)
                    verdict = _VERDICTS.get(status, Verdict.TAKEN) if isinstance(status, int) else Verdict.TAKEN
                    return Report(asked.reference or str(asked.id), verdict, storable(row.get("ErrCode")))
            if len(rows) < _PAGE:
                return None
        raise CannotAsk("more messages to this number in a day than are looked through")

    async def _call(self, client: httpx.AsyncClient, action: str, query: Mapping[str, str]) -> dict[str, object]:
        headers = {
            "host": urlsplit(self.url).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": f"{self.now():%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-content-sha256": _NOTHING,
        }
        signed = {**headers, "Authorization": authorization(self.key_id, self.secret, query, headers)}
        try:
            request = client.build_request("POST", f"{self.url}/?{canonical_query(query)}", headers=signed)
        except httpx.InvalidURL as error:
            raise ChannelDown(type(error).__name__) from None
        return self._judged(await exchange(client, request))

    @staticmethod
    def _judged(answer: httpx.Response) -> dict[str, object]:
        body = object_of(answer)
        code = storable(body.get("Code"))
        if answer.is_success and code == "OK":
            return body
        if not code:
            raise (NoAnswer if answer.is_success or answer.is_server_error else ChannelDown)(
                f"HTTP {answer.status_code}"
            )
        raise _MEANING.get(code, ChannelDown)(code)
