"""Every table of training, imported, so that its metadata is whole wherever it is read; and which of them a wing shows to the others."""

from services.training.base import TrainingBase
from services.training.classes.class_sessions import models as class_sessions
from services.training.classes.progress import models as progress
from services.training.classes.seats import models as seats
from services.training.classes.selection import models as selection
from services.training.classes.waiting import models as waiting
from services.training.desk.boards import models as boards
from services.training.desk.expiry import models as expiry
from services.training.desk.identities import models as identities
from services.training.desk.transfers import models as transfers
from services.training.enrolment.late_entries import models as late_entries
from services.training.enrolment.registrations import models as registrations
from services.training.enrolment.review import models as review
from services.training.people.accepted import models as accepted
from services.training.people.filings import models as filings
from services.training.people.institutions import models as institutions
from services.training.people.jobs import models as jobs
from services.training.people.personnel import dictionary_models as dictionaries
from services.training.people.personnel import models as personnel
from services.training.plans import calendar_models as calendar
from services.training.plans import models as plans
from services.training.results.attendance import models as attendance
from services.training.results.scores import models as scores
from shared import kit

DOMAINS = (
    accepted,
    attendance,
    boards,
    calendar,
    class_sessions,
    dictionaries,
    expiry,
    filings,
    identities,
    institutions,
    jobs,
    late_entries,
    personnel,
    plans,
    progress,
    registrations,
    review,
    scores,
    seats,
    selection,
    transfers,
    waiting,
)
KIT = kit.KIT_TABLES
METADATA = TrainingBase.metadata
# By wing, what queries of the wings above may name, besides the words for a status. Written is a table only by its own wing.
SHOWN = {
    "plans": (plans.Plan, plans.PlanSpecialty, plans.PlanType, plans.PlanTypeSpecialty, plans.Specialty),
    "people": (
        filings.Filing,
        institutions.Institution,
        personnel.Person,
        personnel.Qualification,
        personnel.StaffMember,
    ),
    "enrolment": (late_entries.LateEntry, registrations.Registration, registrations.RegistrationSpecialty),
    "classes": (
        class_sessions.ClassSession,
        class_sessions.Schedule,
        seats.Placement,
        seats.Seat,
        selection.Selection,
        waiting.WaitingEntry,
    ),
    "results": (scores.IssuedCertificate, scores.Result, scores.ScoreSheet),
    "desk": (),
}
