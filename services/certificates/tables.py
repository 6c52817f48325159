"""Every table of certificates, imported, so that its metadata is whole wherever it is read."""

from services.certificates.base import CertificatesBase
from services.certificates.forms import models as forms
from services.certificates.issue import models as issue
from services.certificates.jobs import models as jobs
from services.certificates.papers import models as papers
from services.certificates.signing import models as signing
from shared import kit

DOMAINS = (issue, forms, jobs, papers, signing)
KIT = kit.KIT_TABLES
METADATA = CertificatesBase.metadata
