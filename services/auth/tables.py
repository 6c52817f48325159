"""Every table of auth, imported, so that its metadata is whole wherever it is read."""

from services.auth.accounts import models as accounts
from services.auth.activations import models as activations
from services.auth.applications import models as applications
from services.auth.base import AuthBase
from services.auth.cases import models as cases
from services.auth.challenges import models as challenges
from services.auth.codes import models as codes
from services.auth.guesses import models as guesses
from services.auth.organisations import models as organisations
from services.auth.regions import models as regions
from services.auth.registry import models as registry
from services.auth.sessions import models as sessions
from services.auth.texts import models as texts
from shared import kit

DOMAINS = (
    regions,
    organisations,
    accounts,
    guesses,
    texts,
    codes,
    challenges,
    activations,
    sessions,
    registry,
    applications,
    cases,
)
KIT = kit.KIT_TABLES
METADATA = AuthBase.metadata
