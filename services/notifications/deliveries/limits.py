"""When a message may be sent: by day what can wait, and so many a day to an address (BEY-12). How text messages are counted that are paid
for."""

from datetime import datetime, time, timedelta

from services.notifications.kinds import Channel
from services.notifications.settings import NotificationSettings
from shared.clock import BEIJING, beijing_time

_ONE_PIECE, _PIECE_OF_SEVERAL = 70, 67


def next_opening(settings: NotificationSettings, now: datetime, own: tuple[int, int] | None = None) -> datetime | None:
    """When what waits may be sent, as an instant; None by day. The quiet hours are Beijing's and may go over midnight; ``own`` are those
    that its reader has chosen instead."""
    there, quiet = beijing_time(now), own or (settings.quiet_from, settings.quiet_until)
    hour = there.hour
    is_quiet = quiet[0] <= hour < quiet[1] if quiet[0] < quiet[1] else hour >= quiet[0] or hour < quiet[1]
    if quiet[0] == quiet[1] or not is_quiet:
        return None
    opens = datetime.combine(there.date(), time(quiet[1] % 24), BEIJING)
    return opens if opens > there else opens + timedelta(days=1)


def next_digest(settings: NotificationSettings, now: datetime) -> datetime:
    """When the mail goes out that has the messages of the day before."""
    there = beijing_time(now)
    at = datetime.combine(there.date(), time(settings.digest_hour), BEIJING)
    return at if at > there else at + timedelta(days=1)


def next_day(settings: NotificationSettings, now: datetime) -> datetime:
    """When an address that has had its day's messages is sent the next: tomorrow, when the quiet hours end."""
    tomorrow = beijing_time(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(settings.quiet_until % 24), BEIJING)


def cap_of(settings: NotificationSettings, channel: Channel) -> int:
    """Messages a day to one address."""
    return {Channel.SMS: settings.sms_per_phone_a_day, Channel.EMAIL: settings.mails_per_address_a_day}[channel]


def pieces_of(text: str) -> int:
    """As many as an operator counts: one of 70 characters, or several of 67."""
    return 1 if len(text) <= _ONE_PIECE else -(-len(text) // _PIECE_OF_SEVERAL)
