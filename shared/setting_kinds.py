"""The kinds of values that settings have, each read from one line of text: lists, keys, shares, addresses."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from shared import brokers
from shared.blind_index import IndexKey


def _split(value: object) -> object:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


def split_index(value: object) -> object:
    """Raises ValueError, also for a text that holds no key: nothing said at all is another matter."""
    keys = _split(value)
    if isinstance(value, str):
        IndexKey.read_all(keys if isinstance(keys, tuple) else ())
    return keys


def with_password(url: str, password: str) -> str:
    """The address with this password in it; as it was when there is none."""
    if not password:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}").geturl()


# A list of keys, separated by commas; what the first and the others do is said where they are used.
Keys = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]

# Who carries text messages, with their shares; ``shared.sms.routes`` speaks to each.
SMS_PROVIDERS = ("http", "aliyun", "tencent")


def split_shares(value: object) -> object:
    """``aliyun=70,tencent=30``; without shares the first has all and the others stand by. Raises ValueError."""
    if not isinstance(value, str):
        return value
    parts = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    shares = [
        (name.strip(), int(share) if sign else int(place == 0)) for place, (name, sign, share) in enumerate(parts)
    ]
    names = [name for name, _ in shares]
    if len(set(names)) < len(names) or not set(names) <= set(SMS_PROVIDERS):
        raise ValueError(f"每个短信服务写一次，只能是 {'、'.join(SMS_PROVIDERS)}")
    if any(not 0 <= share <= 100 for _, share in shares) or (shares and not any(share for _, share in shares)):
        raise ValueError("份额为 0 至 100 的整数，至少一个不为 0")
    return tuple(shares)


def _address(*schemes: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and value and (refusal := brokers.refusal_of(value, schemes)):
            raise ValueError(refusal)
        return value

    return BeforeValidator(check)


def _never_or(least: int) -> AfterValidator:
    """A number of days that is 0, for never, or at least what the database holds to (``shared.db.emptied``)."""

    def check(value: int) -> int:
        if value and value < least:
            raise ValueError(f"为 0（永久保留），或不少于 {least} 天")
        return value

    return AfterValidator(check)


HistoryDays = Annotated[int, _never_or(3650)]
LookDays = Annotated[int, _never_or(180)]
RedisAddress = Annotated[str, _address(*brokers.REDIS)]
QueueAddress = Annotated[str, _address(*brokers.AMQP, *brokers.REDIS)]
Network = IPv4Network | IPv6Network
