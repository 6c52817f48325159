"""Every table of notifications, imported, so that its metadata is whole wherever it is read."""

from services.notifications.base import NotificationsBase
from services.notifications.broadcasts.models import Broadcast
from services.notifications.catcher.models import CaughtMessage
from services.notifications.contacts.models import Account, ListedAccount, Organisation, PlanUnit
from services.notifications.deliveries.models import (
    DayCount,
    Delivery,
    DigestLine,
    ProviderCircuit,
    Receipt,
    Trouble,
    Usage,
)
from services.notifications.feeds.models import CalendarFeed, FeedEntry
from services.notifications.hooks.models import Hook, HookSending
from services.notifications.jobs.models import Job
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from services.notifications.preferences.models import NoticeSetting, Preference
from services.notifications.templates.models import MessageTemplate
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
    NoticeSetting,
    DigestLine,
    Trouble,
    MessageTemplate,
    ListedAccount,
    PlanUnit,
    Broadcast,
    CaughtMessage,
    Job,
)
KIT = kit.KIT_TABLES
METADATA = NotificationsBase.metadata
