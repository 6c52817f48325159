"""What a training certificate says: the frozen input of ``render_certificate``, complete in itself so that the same
document gives the same page for ever. It knows no table and no event; who may have a certificate is decided elsewhere.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=100)]
Label = Annotated[str, Field(min_length=1, max_length=30)]


class CertificateDocument(BaseModel):
    """One certificate of one person for one session (CERT-06). All dates are dates in Beijing.

    ``resident_id`` is printed in full; ``specialties`` are the labels of the passed ones, and without any the line is left
    out; ``check_url`` is what the QR says; ``photo`` is a JPEG or PNG as it was uploaded.
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
