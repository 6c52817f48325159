"""The records of which notifications keeps a history, as 操作记录 calls them."""

from services.notifications.deliveries.workflow import DELIVERY
from shared.web.audit import Kept

RECORDS = (Kept(DELIVERY),)
