"""The tables of notifications, asked at the start of each process of the service whether every name in them is bound."""

from services.notifications.broadcasts import service as broadcasts
from services.notifications.broadcasts import submitting_service
from services.notifications.broadcasts.workflow import BROADCAST
from services.notifications.deliveries import resending_service
from services.notifications.deliveries.dkim_signing import check_own_dkim
from services.notifications.deliveries.workflow import DELIVERY
from services.notifications.notices.catalogue import check_own_templates

WORKFLOWS = (BROADCAST, DELIVERY)
BINDERS = (broadcasts, submitting_service, resending_service)
AT_START = (check_own_templates, check_own_dkim)
