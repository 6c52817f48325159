"""SMS codes: hashed, for one purpose, one phone and one use. The message that carries one is a row of ``texts``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed
from shared.db.types import BlindIndex, code_of, place_indexes
from shared.workflow.definition import Labelled
from shared.workflow.meaning import meaning


class Purpose(Labelled):
    """What a code opens; a code for one opens no other."""

    SIGN_IN = "sign_in", "登录"
    NEW_PHONE = "new_phone", "更换手机号"
    RECOVERY = "recovery", "找回账号和密码"
    UNLOCK = "unlock", "解除账号锁定"
    ACTIVATION = "activation", "激活账号"
    APPLICATION = "application", "账号申请"
    SIGN_UP = "sign_up", "企业注册"
    CASE = "case", "申诉与办理"
    OLD_PHONE = "old_phone", "确认更换手机号"

    @meaning
    def follows_password(self) -> bool:
        """Only whoever knows the password has it sent: it has limits of its own, which no stranger uses up."""
        return self in {Purpose.SIGN_IN, Purpose.OLD_PHONE}


class Code(Keyed, AuthBase):
    """A code that was asked for, sent or not. ``phone_index`` is the blind index of the number, ``named`` of what was named with
    it, ``code_hash`` a keyed hash. ``tries`` are those from the ``address`` that asked for it, ``other_tries`` everybody else's."""

    __tablename__ = "codes"
    __table_args__ = (Index(None, "address", "created_at"),)

    purpose: Mapped[Purpose] = mapped_column(code_of(Purpose))
    phone_index: Mapped[bytes] = mapped_column(BlindIndex)
    named: Mapped[bytes] = mapped_column(BlindIndex)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str]
    # Not now(), which is when the transaction began: whoever had to wait for the lock of the number comes after who had it.
    created_at: Mapped[datetime] = mapped_column(default=func.clock_timestamp(), server_default=func.now())
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    other_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
    text_id: Mapped[UUID | None]


place_indexes("ix_codes_phone_index_created_at", Code.phone_index, after=[Code.created_at])
