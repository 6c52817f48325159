"""Notifications' long work over HTTP (PLAT-09)."""

from services.notifications.jobs.kinds import JOBS
from shared.app import api_router
from shared.services import Service
from shared.web.jobs import add_job_routes

router = api_router(Service.NOTIFICATIONS, "jobs", "后台任务")
add_job_routes(router, JOBS)
