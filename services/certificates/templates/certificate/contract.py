"""What a training certificate says (CERT-05, CERT-06). It knows no table and no event; who may have a certificate is decided elsewhere."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.certificates.rendering.contract import DocumentContent, DocumentKind

Text = Annotated[str, Field(min_length=1, max_length=100)]
Label = Annotated[str, Field(min_length=1, max_length=30)]
DENSITIES = ("roomy", "dense", "tight")


class CertificateDocument(DocumentContent):
    """One certificate of one person for one session (CERT-06). All dates are dates in Beijing.

    ``resident_id`` is printed in full; ``specialties`` are the labels of the passed ones, and without any the line is left
    out; ``check_url`` is what the QR says; ``photo`` is a JPEG or PNG as it was uploaded; ``signature_note`` says what is to be known
    about the file's signature, in versions from v2 on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    number: Annotated[str, Field(min_length=1, max_length=60)]
    holder_name: Annotated[str, Field(min_length=1, max_length=50)]
    sex: Literal["男", "女"]
    resident_id: Annotated[str, Field(min_length=1, max_length=30)]
    unit_name: Text
    plan_type: Text
    plan_name: Text
    session_no: Annotated[int, Field(ge=1)]
    training_kind: Literal["初训", "复训"]
    start_date: date
    end_date: date
    hours: Annotated[Decimal, Field(gt=0)]
    specialties: Annotated[tuple[Label, ...], Field(max_length=12)] = ()
    issued_on: date
    valid_until: date | None = None
    issuer: Text
    check_url: Annotated[str, Field(min_length=1, max_length=300)]
    photo: bytes | None = None
    signature_note: Annotated[str, Field(min_length=1, max_length=40)] | None = None

    def about(self, label: str) -> Mapping[str, object]:
        return {
            "title": f"{label} {self.number}",
            "authors": [self.issuer],
            "description": f"{self.plan_type}{label}",
            "created": f"{self.issued_on.isoformat()}T00:00:00+08:00",
        }

    def qr_text(self) -> str | None:
        return self.check_url

    def photo_file(self) -> bytes | None:
        return self.photo

    def room_takers(self) -> Mapping[str, int]:
        return {
            "单位名称": len(self.unit_name),
            "培训班名称": len(self.plan_name),
            "培训班类型": len(self.plan_type),
            "专业类别": sum(len(label) + 1 for label in self.specialties),
            "发证机构": len(self.issuer),
            "姓名": len(self.holder_name),
        }


KIND = DocumentKind(
    "certificate",
    "培训合格证书",
    CertificateDocument,
    current="v2",
    archived=True,
    densities=DENSITIES,
    plain_versions=("v1",),
)
