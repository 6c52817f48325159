"""Every table of declaration, imported, so that its metadata is whole wherever it is read."""

from services.declaration.base import DeclarationBase
from services.declaration.calendar import models as calendar
from services.declaration.clock import models as clock
from services.declaration.declarations import models as declarations
from services.declaration.employers import models as employers
from services.declaration.figures import models as figures
from services.declaration.groups import models as groups
from services.declaration.industries import models as industries
from services.declaration.jobs import models as jobs
from services.declaration.legacy import models as legacy
from services.declaration.officers import models as officers
from services.declaration.orders import models as orders
from services.declaration.papers import models as papers
from services.declaration.regions import models as regions
from services.declaration.reviews import models as reviews
from services.declaration.stand_ins import models as stand_ins
from shared import kit

DOMAINS = (
    calendar,
    clock,
    declarations,
    employers,
    figures,
    groups,
    industries,
    jobs,
    legacy,
    officers,
    orders,
    papers,
    regions,
    reviews,
    stand_ins,
)
KIT = kit.KIT_TABLES
METADATA = DeclarationBase.metadata
