"""Every table of declaration, imported, so that its metadata is whole wherever it is read."""

from services.declaration.base import DeclarationBase
from services.declaration.declarations import models as declarations
from services.declaration.employers import models as employers
from services.declaration.industries import models as industries
from services.declaration.regions import models as regions
from shared import kit

DOMAINS = (declarations, employers, industries, regions)
KIT = kit.KIT_TABLES
METADATA = DeclarationBase.metadata
