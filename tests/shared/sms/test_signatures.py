"""The signatures of both providers, compared with what the vendors' own clients made: recorded from alibabacloud-dysmsapi20170525 4.6.0
and tencentcloud-sdk-python-sms 3.1.153, pointed at a port of loopback with the key ``testid`` and the secret ``testsecret``. (With all
that they pull in they weigh 69 MB, so they are no dependency.)
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.sms import aliyun, tencent
from tests.shared.sms.servers import KEY_ID, SECRET

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vendors.json").read_text("utf-8"))
pytestmark = pytest.mark.req("BEY-12")


def named(action: str) -> dict[str, Any]:
    return next(
        call for call in RECORDED if action in {call["headers"].get("x-acs-action"), call["headers"].get("x-tc-action")}
    )


@pytest.mark.parametrize("action", ["SendSms", "QuerySendDetails"])
def test_aliyun(action: str) -> None:
    call = named(action)
    headers, query = call["headers"], urlsplit(call["target"]).query
    given = headers["authorization"]
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    asked = dict(parse_qsl(query))
    signed = {name: headers[name] for name in names}
    assert aliyun.authorization(KEY_ID, SECRET, asked, signed) == given
    assert aliyun.authorization(KEY_ID, "other", asked, signed) != given


@pytest.mark.parametrize("place", [2, 3])
def test_tencent(place: int) -> None:
    call = RECORDED[place]
    headers = call["headers"]
    values = {
        "host": headers["host"],
        "content_type": headers["content-type"],
        "payload": call["body"].encode(),
        "timestamp": int(headers["x-tc-timestamp"]),
    }
    assert tencent.authorization(KEY_ID, SECRET, **values) == headers["authorization"]
    assert tencent.authorization(KEY_ID, SECRET, **{**values, "payload": b"{}"}) != headers["authorization"]
