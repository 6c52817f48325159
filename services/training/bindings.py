"""Every table of training, and whoever binds what they name. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.training.class_sessions import repository as class_sessions_repository
from services.training.class_sessions import service as class_sessions_service
from services.training.class_sessions.workflow import SCHEDULE
from services.training.filings.workflow import FILING
from services.training.late_entries.workflow import LATE_ENTRY
from services.training.personnel.workflow import EMPLOYMENT
from services.training.plans.workflow import PLAN
from services.training.registrations import file_repository as registrations_file_repository
from services.training.registrations import group_service as registrations_group_service
from services.training.registrations import leaving as registrations_leaving
from services.training.registrations.workflow import REGISTRATION
from services.training.scores import publication as scores
from services.training.scores.workflow import SCORE_SHEET
from services.training.selection import service as selection
from services.training.selection.workflow import SELECTION
from services.training.transfers import moving as transfers
from services.training.transfers.workflow import TRANSFER
from services.training.waiting import service as waiting
from services.training.waiting.workflow import WAITING

WORKFLOWS = (
    SCHEDULE,
    FILING,
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
    class_sessions_repository,
    class_sessions_service,
    registrations_file_repository,
    registrations_group_service,
    registrations_leaving,
    scores,
    selection,
    transfers,
    waiting,
)
