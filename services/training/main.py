"""The API of training (技术人员培训): its routers, put together."""

from services.training.attachments import endpoints as attachments
from services.training.attachments import photo_endpoints as photos
from services.training.attendance import endpoints as attendance
from services.training.boards import endpoints as boards
from services.training.calendar import endpoints as calendar
from services.training.class_sessions import endpoints as class_sessions
from services.training.expiry import endpoints as expiry
from services.training.exports import endpoints as exports
from services.training.filings import endpoints as filings
from services.training.jobs import endpoints as jobs
from services.training.late_entries import endpoints as late_entries
from services.training.needs import endpoints as needs
from services.training.personnel import dictionary_endpoints as personnel_dictionaries
from services.training.personnel import endpoints as personnel
from services.training.personnel import import_endpoints as personnel_import
from services.training.personnel import qualification_endpoints as qualifications
from services.training.plans import endpoints as plans
from services.training.registrations import endpoints as registrations
from services.training.review import endpoints as review
from services.training.rosters import endpoints as rosters
from services.training.scores import endpoints as scores
from services.training.scores import result_endpoints as results
from services.training.selection import endpoints as selection
from services.training.transfers import endpoints as transfers
from services.training.waiting import endpoints as waiting
from services.training.worker import WORKER
from shared.app import create_app

ROUTERS = (
    attachments.router,
    photos.router,
    filings.router,
    personnel.router,
    qualifications.router,
    personnel_dictionaries.router,
    personnel_import.router,
    needs.router,
    expiry.router,
    *plans.routers,
    *registrations.routers,
    late_entries.router,
    review.router,
    class_sessions.router,
    class_sessions.schedules,
    attendance.router,
    attendance.public_router,
    rosters.router,
    rosters.files,
    calendar.router,
    selection.router,
    waiting.router,
    scores.router,
    scores.files,
    results.router,
    results.files,
    transfers.router,
    transfers.records,
    jobs.router,
    exports.router,
    boards.router,
)

app = create_app(WORKER, ROUTERS, title="技术人员培训")
