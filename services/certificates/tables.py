"""Every table of certificates, imported, so that its metadata is whole wherever it is read."""

from services.certificates.base import CertificatesBase
from shared.db import kit

DOMAINS = ()
KIT = kit.KIT_TABLES
METADATA = CertificatesBase.metadata
