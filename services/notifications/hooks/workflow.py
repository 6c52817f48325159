"""Where a unit's messages are pushed to, and how each sending ended."""

from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class HookKind(Labelled):
    WEBHOOK = "webhook", "本单位的系统"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"


class HookState(Labelled):
    LIVE = "live", "已启用", Colour.GOOD
    STOPPED = "stopped", "已停用", Colour.REFUSED


class SendingState(Labelled):
    WAITING = "waiting", "待推送", Colour.WAITING
    DELIVERED = "delivered", "已送达", Colour.GOOD
    FAILED = "failed", "未送达", Colour.REFUSED
