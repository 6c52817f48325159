"""Text messages through the providers that the settings name, each behind the same interface: ``messages`` says what is asked of them,
``plain``, ``aliyun`` and ``tencent`` speak to them, ``routes`` says who is asked first. Who sends what, and how often it is tried, is the
services' business; so is the row that remembers which provider was asked (``shared.tasks.texting``).
"""

from shared.sms.messages import (
    Asked,
    CannotAsk,
    ChannelDown,
    MessageRefused,
    NoAnswer,
    NotHere,
    Provider,
    Report,
    Sms,
    Verdict,
)
from shared.sms.plain import plain_sms
from shared.sms.routes import Route, sms_route

__all__ = [
    "Asked",
    "CannotAsk",
    "ChannelDown",
    "MessageRefused",
    "NoAnswer",
    "NotHere",
    "Provider",
    "Report",
    "Route",
    "Sms",
    "Verdict",
    "plain_sms",
    "sms_route",
]
