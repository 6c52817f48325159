"""Every table of notifications, imported, so that its metadata is whole wherever it is read."""

from services.notifications.base import NotificationsBase
from services.notifications.catcher.models import CaughtMessage
from services.notifications.contacts.models import Account, Organisation
from services.notifications.deliveries.models import DayCount, Delivery, ProviderCircuit, Receipt, Usage
from services.notifications.feeds.models import CalendarFeed, FeedEntry
from services.notifications.hooks.models import Hook, HookSending
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from services.notifications.preferences.models import Preference
from shared import kit

DOMAINS = (
    Organisation,
    Account,
    Notice,
    Message,
    Delivery,
    Receipt,
    ProviderCircuit,
    DayCount,
    Usage,
    Preference,
    CalendarFeed,
    FeedEntry,
    Hook,
    HookSending,
    CaughtMessage,
)
KIT = kit.KIT_TABLES
METADATA = NotificationsBase.metadata
