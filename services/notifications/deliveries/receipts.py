"""What providers call back, read: a row of data for each provider. What cannot be read is nobody's receipt and is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.sms.messages import storable

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Callback:
    """``read`` gives (reference, our id, delivered, code) of one row; ``taken`` is what the provider wants to hear."""

    read: Callable[[Row], tuple[object, object, bool, object]]
    taken: Mapping[str, object]


# Tencent's words; what is neither is a failure, too.
_REPORTED = {"SUCCESS": True, "FAIL": False}
CALLBACKS: Mapping[str, Callback] = {
    # SmsReport in HTTP batch mode.
    "aliyun": Callback(
        lambda row: (row.get("biz_id"), row.get("out_id"), row.get("success") is True, row.get("err_code")),
        {"code": 0, "msg": "成功"},
    ),
    # 短信下发状态通知.
    "tencent": Callback(
        lambda row: (row.get("sid"), None, _REPORTED.get(str(row.get("report_status")), False), row.get("errmsg")),
        {"result": 0, "errmsg": "OK"},
    ),
}


def receipts_of(provider: str, rows: Sequence[Any]) -> list[dict[str, object]]:
    """The receipts among these rows, as columns; of one message the first."""
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        reference, ours, delivered, code = CALLBACKS[provider].read(row)
        name = storable(reference if isinstance(reference, str | int) else None)
        if name:
            said = {"reference": name, "message_id": _id(ours), "delivered": delivered, "code": storable(code)}
            found.setdefault(name, {"provider": provider, **said})
    return list(found.values())


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
