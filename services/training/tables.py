"""Every table of training, imported, so that its metadata is whole wherever it is read."""

from services.training.attendance import models as attendance
from services.training.base import TrainingBase
from services.training.class_sessions import models as class_sessions
from services.training.expiry import models as expiry
from services.training.filings import models as filings
from services.training.institutions import models as institutions
from services.training.jobs import models as jobs
from services.training.late_entries import models as late_entries
from services.training.personnel import models as personnel
from services.training.plans import models as plans
from services.training.registrations import models as registrations
from services.training.scores import models as scores
from services.training.seats import models as seats
from services.training.selection import models as selection
from services.training.transfers import models as transfers
from services.training.waiting import models as waiting
from shared.db import kit

DOMAINS = (
    attendance,
    class_sessions,
    expiry,
    filings,
    institutions,
    jobs,
    late_entries,
    personnel,
    plans,
    registrations,
    scores,
    seats,
    selection,
    transfers,
    waiting,
)
KIT = kit.KIT_TABLES
METADATA = TrainingBase.metadata
