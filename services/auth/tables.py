"""Every table of auth, imported, so that its metadata is whole wherever it is read; and which of them a wing shows to the others."""

from services.auth.access.accounts import models as accounts
from services.auth.access.activations import models as activations
from services.auth.access.arrivals import models as arrivals
from services.auth.access.challenges import models as challenges
from services.auth.access.codes import models as codes
from services.auth.access.drafts import models as drafts
from services.auth.access.guesses import models as guesses
from services.auth.access.jobs import models as jobs
from services.auth.access.sessions import models as sessions
from services.auth.access.texts import models as texts
from services.auth.access.tokens import models as tokens
from services.auth.access.uploads import models as uploads
from services.auth.base import AuthBase
from services.auth.desks.applications import models as applications
from services.auth.desks.cases import models as cases
from services.auth.directory.accepted import models as accepted
from services.auth.directory.organisations import models as organisations
from services.auth.directory.regions import models as regions
from services.auth.directory.registry import models as registry
from shared import kit

DOMAINS = (
    regions,
    organisations,
    accepted,
    accounts,
    guesses,
    texts,
    arrivals,
    uploads,
    codes,
    challenges,
    activations,
    sessions,
    drafts,
    jobs,
    tokens,
    registry,
    applications,
    cases,
)
KIT = kit.KIT_TABLES
METADATA = AuthBase.metadata
# By wing, what queries of the wings above may name, besides the words for a status. Written is a table only by its own wing.
SHOWN = {
    "directory": (organisations.Organisation, regions.Region, registry.LegacyAccount),
    "access": (accounts.Account, sessions.LoginSession, tokens.ProgramToken),
    "desks": (),
}
