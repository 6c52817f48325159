"""Every table of notifications, imported, so that its metadata is whole wherever it is read."""

from services.notifications.base import NotificationsBase
from shared.db import kit

DOMAINS = ()
KIT = kit.KIT_TABLES
METADATA = NotificationsBase.metadata
