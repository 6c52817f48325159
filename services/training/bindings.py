"""Every table of training, and whoever binds what they name. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.training.classes.class_sessions import repository as class_sessions_repository
from services.training.classes.class_sessions import service as class_sessions_service
from services.training.classes.class_sessions.workflow import CLASS_SESSION, SCHEDULE
from services.training.classes.rearranging import repository as rearranging_repository
from services.training.classes.rearranging import service as rearranging
from services.training.classes.selection import service as selection
from services.training.classes.selection.workflow import SELECTION
from services.training.classes.waiting import service as waiting
from services.training.classes.waiting.workflow import WAITING
from services.training.desk.identities import service as identities
from services.training.desk.identities.workflow import IDENTITY
from services.training.desk.transfers import moving as transfers
from services.training.desk.transfers.workflow import TRANSFER
from services.training.enrolment.late_entries.workflow import LATE_ENTRY
from services.training.enrolment.registrations import file_repository as registrations_file_repository
from services.training.enrolment.registrations import group_service as registrations_group_service
from services.training.enrolment.registrations import leaving as registrations_leaving
from services.training.enrolment.registrations.workflow import REGISTRATION
from services.training.people.filings.workflow import FILING
from services.training.people.personnel import elsewhere as personnel
from services.training.people.personnel.workflow import EMPLOYMENT
from services.training.plans import service as plans
from services.training.plans.workflow import PLAN
from services.training.results.attendance import repository as attendance_repository
from services.training.results.scores import certificate_repository as scores_certificates
from services.training.results.scores import publication as scores
from services.training.results.scores.workflow import SCORE_SHEET

WORKFLOWS = (
    CLASS_SESSION,
    SCHEDULE,
    FILING,
    IDENTITY,
    LATE_ENTRY,
    EMPLOYMENT,
    PLAN,
    REGISTRATION,
    SCORE_SHEET,
    SELECTION,
    TRANSFER,
    WAITING,
)
BINDERS = (
    attendance_repository,
    class_sessions_repository,
    class_sessions_service,
    identities,
    personnel,
    plans,
    rearranging,
    rearranging_repository,
    registrations_file_repository,
    registrations_group_service,
    registrations_leaving,
    scores,
    scores_certificates,
    selection,
    transfers,
    waiting,
)
