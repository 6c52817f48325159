"""What a mail server says of a mail that it could not deliver (RFC 3464), read in the bounded process: anybody may write to the return
path. With the library's oldest policy, which neither decodes nor imports anything for what stands there.
"""

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

# Where a server writes to whom it brought the mail, the likeliest first.
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_REPORT = "message/delivery-status"
_MOST = 20
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def read(data: bytes) -> tuple[dict[str, Any], bytes]:
    """``to``: the addresses that the mail came to; ``actions``: (what became of it, its status) for each mailbox that the report names."""
    mail = BytesParser(policy=compat32).parsebytes(data)
    to = [str(value)[:200] for name in _TO for value in mail.get_all(name, [])[:_MOST]]
    found = (part for part in mail.walk() if part.get_content_type() == _REPORT)
    report = next(found, None)
    return {"to": to[:_MOST], "actions": _actions(report) if report else []}, b""


def _actions(report: Message) -> list[tuple[str, str]]:
    blocks = report.get_payload()
    said = [_said(block) for block in blocks[:_MOST] if isinstance(block, Message)] if isinstance(blocks, list) else []
    return [each for each in said if each[0]]


def _said(block: Message) -> tuple[str, str]:
    action = str(block.get("Action", "")).strip().lower()[:20]
    status = _STATUS.search(str(block.get("Status", ""))[:200])
    return action, status[0] if status else ""
