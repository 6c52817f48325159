"""The API of training (技术人员培训): its routers, put together."""

from services.training.attachments import endpoints as attachments
from services.training.class_sessions import endpoints as class_sessions
from services.training.filings import endpoints as filings
from services.training.needs import endpoints as needs
from services.training.personnel import endpoints as personnel
from services.training.personnel import import_endpoints as personnel_import
from services.training.plans import endpoints as plans
from services.training.registrations import endpoints as registrations
from services.training.review import endpoints as review
from services.training.scores import endpoints as scores
from services.training.scores import result_endpoints as results
from services.training.selection import endpoints as selection
from services.training.worker import WORKER
from shared.app import create_app

ROUTERS = (
    attachments.router,
    filings.router,
    personnel.router,
    personnel_import.router,
    needs.router,
    *plans.routers,
    *registrations.routers,
    review.router,
    class_sessions.router,
    class_sessions.schedules,
    selection.router,
    scores.router,
    results.router,
)

app = create_app(WORKER, ROUTERS, title="技术人员培训")
