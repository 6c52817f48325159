"""Every table of training, imported, so that its metadata is whole wherever it is read."""

from services.training.base import TrainingBase
from services.training.class_sessions import models as class_sessions
from services.training.filings import models as filings
from services.training.institutions import models as institutions
from services.training.personnel import models as personnel
from services.training.plans import models as plans
from services.training.registrations import models as registrations
from services.training.scores import models as scores
from services.training.selection import models as selection
from shared.db import kit

DOMAINS = (class_sessions, filings, institutions, personnel, plans, registrations, scores, selection)
KIT = kit.KIT_TABLES
METADATA = TrainingBase.metadata
