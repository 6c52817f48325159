"""The API of notifications (消息): its routers, put together; in a demo also the catcher."""

from services.notifications.broadcasts.endpoints import router as broadcasts
from services.notifications.broadcasts.export_endpoints import router as broadcast_exports
from services.notifications.catcher.endpoints import router as catcher
from services.notifications.catcher.mail import catch_mail
from services.notifications.deliveries.receipt_endpoints import router as receipts
from services.notifications.editing.endpoints import router as templates
from services.notifications.feeds.endpoints import public_router as calendar
from services.notifications.feeds.endpoints import router as feeds
from services.notifications.hooks.endpoints import router as hooks
from services.notifications.jobs.endpoints import router as jobs
from services.notifications.jobs.kinds import JOBS
from services.notifications.live.endpoints import router as live
from services.notifications.messages.endpoints import router as messages
from services.notifications.messages.export_endpoints import router as exports
from services.notifications.oversight.endpoints import router as deliveries
from services.notifications.oversight.endpoints import unreached_router as unreached
from services.notifications.oversight.export_endpoints import router as oversight_exports
from services.notifications.preferences.endpoints import router as preferences
from services.notifications.preferences.endpoints import settings_router as notice_settings
from services.notifications.preferences.leaving_endpoints import router as leaving
from services.notifications.records import RECORDS
from services.notifications.retention import RULES
from services.notifications.tables import METADATA
from services.notifications.worker import WORKER
from shared.app import create_app
from shared.web.export_jobs import open_export

# By ``open_export`` a worker makes sheets: with this module it knows them all.
__all__ = ["app", "open_export"]

app = create_app(
    WORKER,
    (
        live,
        messages,
        exports,
        preferences,
        notice_settings,
        leaving,
        deliveries,
        unreached,
        oversight_exports,
        templates,
        broadcasts,
        broadcast_exports,
        receipts,
        feeds,
        calendar,
        hooks,
        catcher,
        jobs,
    ),
    title="消息",
    records=RECORDS,
    tables=METADATA,
    rules=RULES,
    background=catch_mail,
    jobs=JOBS,
)
