"""The API of training (技术人员培训): its routers, put together."""

from services.training.classes.class_sessions import endpoints as class_sessions
from services.training.classes.live import endpoints as live
from services.training.classes.planning import endpoints as planning
from services.training.classes.progress import endpoints as progress
from services.training.classes.progress import export_endpoints as progress_exports
from services.training.classes.rearranging import endpoints as rearranging
from services.training.classes.selection import endpoints as selection
from services.training.classes.waiting import endpoints as waiting
from services.training.classes.waiting import export_endpoints as waiting_exports
from services.training.desk.attachments import endpoints as attachments
from services.training.desk.attachments import photo_endpoints as photos
from services.training.desk.boards import endpoints as boards
from services.training.desk.calendar import endpoints as calendar
from services.training.desk.expiry import endpoints as expiry
from services.training.desk.exports import endpoints as exports
from services.training.desk.identities import endpoints as identities
from services.training.desk.identities import export_endpoints as identity_exports
from services.training.desk.transfers import endpoints as transfers
from services.training.enrolment.late_entries import endpoints as late_entries
from services.training.enrolment.late_entries import export_endpoints as late_entry_exports
from services.training.enrolment.needs import endpoints as needs
from services.training.enrolment.registrations import endpoints as registrations
from services.training.enrolment.review import endpoints as review
from services.training.people.filings import endpoints as filings
from services.training.people.jobs import endpoints as jobs
from services.training.people.jobs.kinds import JOBS
from services.training.people.personnel import dictionary_endpoints as personnel_dictionaries
from services.training.people.personnel import endpoints as personnel
from services.training.people.personnel import import_endpoints as personnel_import
from services.training.people.personnel import keeping_endpoints as personnel_keeping
from services.training.people.personnel import qualification_endpoints as qualifications
from services.training.plans import endpoints as plans
from services.training.records import RECORDS
from services.training.results.attendance import endpoints as attendance
from services.training.results.attendance import export_endpoints as attendance_exports
from services.training.results.attendance import page_endpoints as check_in_page
from services.training.results.rosters import endpoints as rosters
from services.training.results.scores import endpoints as scores
from services.training.results.scores import result_endpoints as results
from services.training.tables import METADATA
from services.training.worker import WORKER
from shared.app import create_app
from shared.web.export_jobs import open_export

# By ``open_export`` a worker makes sheets: with this module it knows them all.
__all__ = ["app", "open_export"]

ROUTERS = (
    attachments.router,
    photos.router,
    filings.router,
    personnel.router,
    qualifications.router,
    personnel_dictionaries.router,
    *personnel_keeping.routers,
    personnel_import.router,
    needs.router,
    expiry.router,
    *plans.routers,
    *registrations.routers,
    late_entries.router,
    review.router,
    class_sessions.router,
    rearranging.router,
    class_sessions.schedules,
    planning.router,
    progress.router,
    attendance.router,
    attendance.live_router,
    attendance.public_router,
    check_in_page.router,
    rosters.router,
    rosters.files,
    calendar.router,
    calendar.internal_router,
    selection.router,
    live.router,
    waiting.router,
    scores.router,
    scores.files,
    scores.attendance,
    results.router,
    results.files,
    transfers.router,
    transfers.records,
    identities.router,
    jobs.router,
    exports.router,
    late_entry_exports.router,
    waiting_exports.router,
    attendance_exports.router,
    progress_exports.router,
    identity_exports.router,
    boards.router,
)

app = create_app(WORKER, ROUTERS, title="技术人员培训", records=RECORDS, tables=METADATA, jobs=JOBS)
