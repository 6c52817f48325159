"""The API of auth (账号与登录): its routers, put together."""

from services.auth.accounts.endpoints import router as accounts
from services.auth.challenges.endpoints import router as challenges
from services.auth.sessions.endpoints import internal_router, password_router
from services.auth.sessions.endpoints import router as sessions
from services.auth.sessions.lookup import look_up
from services.auth.worker import WORKER
from shared.app import create_app

app = create_app(
    WORKER,
    (challenges, password_router, sessions, accounts, internal_router),
    title="账号与登录",
    session_lookup=look_up,
)
