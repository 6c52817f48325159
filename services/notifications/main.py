"""The API of notifications (消息): its routers, put together."""

from services.notifications.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (), title="消息")
