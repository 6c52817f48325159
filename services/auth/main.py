"""The API of auth (账号与登录): its routers, put together."""

from services.auth.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (), title="账号与登录")
