"""How an account can be reached on a channel."""

from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class Reached(Labelled):
    UNDELIVERED = "undelivered", "送不到", Colour.REFUSED
    OFF = "off", "已关闭通知", Colour.WAITING
    PARTLY = "partly", "关闭了部分消息", Colour.WAITING
    MISSING = "missing", "没有登记", Colour.REFUSED
