"""What the list of 群发 can be narrowed to."""

from typing import Annotated

from pydantic import Field

from services.notifications.broadcasts.workflow import BroadcastStatus
from shared.db.paging import Filter
from shared.fields import Copied


class BroadcastFilter(Filter):
    status: list[BroadcastStatus] = Field(default=[], max_length=10, description="状态，可多选")
    title: Annotated[str, Copied(100)] = Field(default="", description="标题的一部分")
