"""The records of which notifications keeps a history, as 操作记录 calls them."""

from services.notifications.broadcasts.workflow import BROADCAST
from services.notifications.deliveries.workflow import DELIVERY
from services.notifications.editing.service import DONE, TEMPLATE
from shared.web.audit import Kept

RECORDS = (Kept(DELIVERY), Kept(BROADCAST, done={"remove": "删除草稿"}), Kept(TEMPLATE, "消息模板", DONE))
