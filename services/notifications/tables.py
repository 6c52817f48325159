"""Every table of notifications, imported, so that its metadata is whole wherever it is read."""

from services.notifications.base import NotificationsBase
from services.notifications.catcher.models import CaughtMessage
from services.notifications.contacts.models import Account, Organisation
from services.notifications.deliveries.models import Delivery
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from shared import kit

DOMAINS = (Organisation, Account, Notice, Message, Delivery, CaughtMessage)
KIT = kit.KIT_TABLES
METADATA = NotificationsBase.metadata
