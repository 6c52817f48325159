"""The plainer certificate of training in skills: it says what every training certificate says, in words of its own."""

from services.certificates.rendering.contract import DocumentKind
from services.certificates.templates.certificate.contract import DENSITIES, CertificateDocument

KIND = DocumentKind("certificate_skills", "技能培训合格证明", CertificateDocument, archived=True, densities=DENSITIES)
