"""The platform's own test identity: made once, used only where no operator has set a real one."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.base import CertificatesBase
from shared.db.base import Timed
from shared.db.types import EncryptedText


class TestIdentity(Timed, CertificatesBase):
    """One row. ``certificates`` are PEM, the signer's first and its test CA after it; ``private_key`` is PEM, sealed at rest."""

    __tablename__ = "test_identities"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificates: Mapped[str]
    private_key: Mapped[str] = mapped_column(EncryptedText)
    not_after: Mapped[datetime]
