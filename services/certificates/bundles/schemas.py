"""Orders of bundles over the wire: which certificates, in what form and order (STAFF-10)."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.certificates.issue.filters import CertificateFilters
from services.certificates.issue.workflow import CertificateStatus
from shared.workflow.definition import Labelled

MAX_CHOSEN = 500


class BundleForm(Labelled):
    """``merged`` is for a print shop: only pages."""

    ZIP = "zip", "ZIP 压缩包"
    MERGED = "merged", "合并打印 PDF"


class BundleOrder(Labelled):
    """How the certificates lie upon each other when printed."""

    NUMBER = "number", "证书编号"
    UNIT = "unit", "单位、姓名拼音"
    CLASS_SESSION = "class_session", "培训班期次、证书编号"


class BundleFilters(CertificateFilters):
    """As the list of certificates has them; nothing given means all that the caller may see."""

    model_config = ConfigDict(extra="forbid")

    status: list[CertificateStatus] = Field(default=[], max_length=len(CertificateStatus))


class BundleCreate(BaseModel):
    """Either ``certificate_ids`` or ``filters`` says which certificates."""

    model_config = ConfigDict(extra="forbid")

    certificate_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_CHOSEN)
    filters: BundleFilters | None = None
    form: BundleForm = BundleForm.ZIP
    order: BundleOrder = BundleOrder.NUMBER


class LeftOut(BaseModel):
    """A certificate that is not in the bundle, and why."""

    number: str
    holder_name: str
    reason: str


class BundleReport(BaseModel):
    """What became of a bundle; ``left_out`` names the first of the ``failed`` ones, the sheet 目录 names all. ``note`` is to be shown
    beside the files."""

    form: BundleForm
    included: int
    failed: int
    left_out: list[LeftOut]
    note: str
