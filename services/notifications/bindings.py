"""The table of notifications, asked at the start of each process of the service whether every name in it is bound."""

from services.notifications.deliveries.workflow import DELIVERY
from services.notifications.notices.catalogue import check_own_templates

WORKFLOWS = (DELIVERY,)
AT_START = (check_own_templates,)
