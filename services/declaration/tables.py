"""Every table of declaration, imported, so that its metadata is whole wherever it is read."""

from services.declaration.base import DeclarationBase
from shared.db import kit

DOMAINS = ()
KIT = kit.KIT_TABLES
METADATA = DeclarationBase.metadata
