"""The same request, signed by us and by the vendors' own code at the same second: a release of theirs that signs otherwise is seen when
a lock is made anew (docs/weak-links.md). What their whole clients sent is recorded in ``test_signatures``.
"""

import json
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from alibabacloud_openapi_util.client import Client as Aliyun
from Tea.request import TeaRequest
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from shared.sms import aliyun, tencent
from tests.shared.sms.servers import KEY_ID, SECRET

pytestmark = pytest.mark.req("BEY-12")
AT = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
WORDS = "“甲+乙” & ~*/=?，100%"


def test_aliyun_signs_so_too() -> None:
    asked = TeaRequest()
    asked.method, asked.pathname = "POST", "/"
    asked.query = {"PhoneNumbers": "13800000000", "SignName": WORDS, "TemplateParam": json.dumps({"why": WORDS})}
    asked.headers = {
        "host": "dysmsapi.aliyuncs.com",
        "x-acs-action": "SendSms",
        "x-acs-version": aliyun.VERSION,
        "x-acs-date": f"{AT:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": "0198",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    theirs = Aliyun.get_authorization(asked, aliyun.ALGORITHM, asked.headers["x-acs-content-sha256"], KEY_ID, SECRET)
    assert aliyun.authorization(KEY_ID, SECRET, asked.query, asked.headers) == theirs


def test_tencent_signs_so_too() -> None:
    host = "sms.tencentcloudapi.com"
    profile = ClientProfile(signMethod=tencent.ALGORITHM, httpProfile=HttpProfile(endpoint=host))
    client = CommonClient(tencent.SERVICE, tencent.VERSION, Credential(KEY_ID, SECRET), "ap-nanjing", profile)
    made = RequestInternal(host, "POST", "/")
    with patch("tencentcloud.common.abstract_client.time.time", return_value=AT.timestamp()):
        client._build_req_with_tc3_signature("SendSms", {"SignName": WORDS, "PhoneNumberSet": ["+8613800000000"]}, made)
    ours = tencent.authorization(
        KEY_ID,
        SECRET,
        host=host,
        content_type=made.header["Content-Type"],
        payload=made.data.encode(),
        timestamp=int(AT.timestamp()),
    )
    assert ours == made.header["Authorization"]
