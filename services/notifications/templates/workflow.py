"""Where words of a message stand: in 消息中心, in a text message, in a mail; and the providers whose templates are named beside them."""

from shared.workflow.definition import Labelled


class Place(Labelled):
    INBOX = "inbox", "消息中心"
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"


class SmsProvider(Labelled):
    ALIYUN = "aliyun", "阿里云"
    TENCENT = "tencent", "腾讯云"
