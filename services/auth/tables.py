"""Every table of auth, imported, so that its metadata is whole wherever it is read."""

from services.auth.accounts import models as accounts
from services.auth.base import AuthBase
from services.auth.challenges import models as challenges
from services.auth.guesses import models as guesses
from services.auth.organisations import models as organisations
from services.auth.sessions import models as sessions
from shared.db import kit

DOMAINS = (organisations, accounts, guesses, challenges, sessions)
KIT = kit.KIT_TABLES
METADATA = AuthBase.metadata
