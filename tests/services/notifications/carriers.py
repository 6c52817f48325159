"""Aliyun and Tencent on loopback as the worker's providers, in this order, for tests of who carries what."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from shared.runtime import Runtime
from tests.shared.sms.servers import (
    KEY_ID,
    SECRET,
    Answer,
    Call,
    FakeProvider,
    aliyun_call,
    aliyun_ok,
    serving,
    tencent_call,
    tencent_status,
)

ANY = {"code": "SMS_1", "fields": {"what": "title"}}
FILE = {"notifications": {"*": {"aliyun": ANY, "tencent": ANY}}}
Says = Callable[[Call], Answer | None]


@dataclass
class Carriers:
    worker: Runtime
    aliyun: FakeProvider
    tencent: FakeProvider

    def taken(self) -> tuple[int, int]:
        """How many messages each was handed."""
        return self.aliyun.actions().count("SendSms"), self.tencent.actions().count("SendSms")


@contextmanager
def carriers(
    worker: Runtime, folder: Path, *, aliyun: Says = aliyun_ok, tencent: Says = tencent_status("Ok"), only: str = ""
) -> Iterator[Carriers]:
    """The worker with both, or with one ``only``."""
    path = folder / "templates.json"
    path.write_text(json.dumps(FILE), "utf-8")
    with ExitStack() as stack:
        first = stack.enter_context(serving(aliyun_call, aliyun))
        second = stack.enter_context(serving(tencent_call, tencent))
        named: dict[str, Any] = {
            "sms_providers": ((only, 1),) if only else (("aliyun", 1), ("tencent", 0)),
            "sms_templates": path,
            "sms_aliyun_url": first.url,
            "sms_aliyun_key_id": KEY_ID,
            "sms_aliyun_key": SECRET,
            "sms_tencent_url": second.url,
            "sms_tencent_app": "1400006666",
            "sms_tencent_key_id": KEY_ID,
            "sms_tencent_key": SECRET,
        }
        yield Carriers(replace(worker, settings=worker.settings.model_copy(update=named)), first, second)


async def all_well(worker: Runtime) -> None:
    """No provider rests."""
    async with worker.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM provider_circuits"))
