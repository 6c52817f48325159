"""A hook and its sendings as their organisation sees them, with what can be done and why not (PLAT-02)."""

from datetime import datetime

import httpx

from services.notifications.hooks.models import Hook, HookSending
from services.notifications.hooks.schemas import HookRead, SendingRead
from services.notifications.hooks.workflow import HookKind, SendingState
from services.notifications.kinds import MessageKind
from shared.clock import now_utc
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

EDIT = "update"
_ADDRESS = "/api/notifications/hooks"
IS_STOPPED = Refusal("hook_stopped", "该消息推送已停用，请先启用")
NO_SECRET = Refusal("no_secret", "群机器人没有平台的签名密钥，加签密钥在群设置中更换后请在此修改")
STILL_BOTH = Refusal("secret_just_renewed", "签名密钥刚刚更换，旧密钥仍在同时使用，到期后才能再次更换")
STILL_WAITS = Refusal("sending_waits", "这条消息还在推送，不需要重新推送")


def _at(path: str, action: AllowedAction) -> AllowedAction:
    return action.model_copy(update={"href": f"{_ADDRESS}/{path}/{action.action}"})


def refusal_to_renew(row: Hook, now: datetime) -> Refusal | None:
    """Only a unit's own system has a secret of ours; one at a time is exchanged."""
    if row.kind is not HookKind.WEBHOOK:
        return NO_SECRET
    return STILL_BOTH if len(row.secrets(now)) > 1 else None


def hook_read(row: Hook) -> HookRead:
    """Of its address the host alone."""
    kinds = [each for each in MessageKind if each.value in row.kinds]
    stop = button("stop", "停用", consequence="停用后不再推送，正在等待的消息也不再推送；可以随时启用。")
    start = button("start", "启用", consequence="从现在起重新推送；停用期间的消息可以在推送记录中逐条重新推送。")
    actions = (
        button("try", "试推送", IS_STOPPED if row.stopped_at else None, consequence="推送一条测试消息。"),
        start if row.stopped_at else stop,
        button(EDIT, "修改"),
        button(
            "renew-secret",
            "更换密钥",
            refusal_to_renew(row, now_utc()),
            consequence="新的签名密钥只显示一次；三天内每条消息同时用新旧两个密钥签名，请在此期间换用新的。",
        ),
        button("remove", "删除", consequence="删除后不再推送，推送记录一并删除。"),
    )
    return HookRead.of(
        row,
        host=httpx.URL(row.address).host,
        kinds=kinds,
        kind_labels=[each.label for each in kinds],
        allowed_actions=[each if each.action == EDIT else _at(str(row.id), each) for each in actions],
    )


def refusal_to_send_again(row: Hook, sending: HookSending) -> Refusal | None:
    """None where it can be sent again."""
    if row.stopped_at:
        return IS_STOPPED
    return STILL_WAITS if sending.state is SendingState.WAITING else None


def sending_read(row: Hook, sending: HookSending) -> SendingRead:
    again = button(
        "send-again", "重新推送", refusal_to_send_again(row, sending), consequence="同一条消息以同一编号再推送一次。"
    )
    return SendingRead.of(sending, allowed_actions=[_at(f"{row.id}/sendings/{sending.id}", again)])
