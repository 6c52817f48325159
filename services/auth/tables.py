"""Every table of auth, imported, so that its metadata is whole wherever it is read."""

from services.auth.base import AuthBase
from shared.db import kit

DOMAINS = ()
KIT = kit.KIT_TABLES
METADATA = AuthBase.metadata
