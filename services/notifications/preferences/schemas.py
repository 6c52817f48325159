"""What an account has chosen, as it reads and changes it."""

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.kinds import Channel, MessageKind
from shared.web.answers import Read


class PreferenceRead(Read):
    """One kind on one channel. ``fixed``: it is sent whatever is chosen."""

    kind: MessageKind
    channel: Channel
    wanted: bool = Field(description="是否接收")
    fixed: bool = Field(description="必须接收，不能关闭")


class PreferenceChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: MessageKind
    channel: Channel
    wanted: bool = Field(description="是否接收")
