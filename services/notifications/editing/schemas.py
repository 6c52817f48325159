"""Templates as the administration reads and writes them (消息模板)."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.kinds import MessageKind
from services.notifications.templates.workflow import Place, SmsProvider
from shared.fields import CleanText, Copied
from shared.web.answers import Read

Name = Annotated[str, Copied(100), Field(min_length=1)]
TITLE, BODY = 100, 1000


class TemplateField(BaseModel):
    """What can be filled in: written ``{name}``."""

    name: str
    label: str
    example: str = Field(description="预览时代入的示例")


class ParameterField(BaseModel):
    model_config = ConfigDict(extra="forbid")

    theirs: Name = Field(description="服务商模板中的参数名")
    ours: Name = Field(description="代入哪一项内容")


class ProviderTemplateWrite(BaseModel):
    """A template that a provider of text messages has approved; its parameters in the order in which that provider counts them."""

    model_config = ConfigDict(extra="forbid")

    provider: SmsProvider = Field(description="短信服务商")
    code: Name = Field(description="服务商的模板编号")
    parameters: Annotated[list[ParameterField], Field(max_length=30)] = Field(default=[], description="模板参数")
    longest: int = Field(default=35, ge=1, le=500, description="每个参数最多几个字，超过的截断")


class ProviderTemplateRead(BaseModel):
    """The same as it is kept."""

    provider: SmsProvider = Field(description="短信服务商")
    code: str = Field(description="服务商的模板编号")
    parameters: list[ParameterField] = Field(description="模板参数")
    longest: int = Field(description="每个参数最多几个字，超过的截断")


class WordsChange(BaseModel):
    """``title`` is the headline in 消息中心 or the subject of a mail; a text message has none."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, CleanText(TITLE, blank=True, printed=False)] = Field(default="", description="标题")
    body: Annotated[str, CleanText(BODY, lines=True, printed=False)] = Field(description="内容")
    providers: Annotated[list[ProviderTemplateWrite], Field(max_length=2)] = Field(
        default=[], description="短信服务商审核通过的模板"
    )


class WordsPreview(BaseModel):
    """How it goes out with the example values. ``parts`` are the pieces that an operator counts: 70 characters, or several of 67."""

    title: str
    text: str
    characters: int = Field(description="字数，短信含签名")
    parts: int | None = Field(description="短信计费条数")
    cut: bool = Field(description="超过短信的最多字数，末尾被截断")
    html: str | None = Field(default=None, description="邮件的 HTML 部分，与文字部分内容相同")


class WordsRead(Read):
    """The words for one place that hold now. ``own`` where they are not those that were shipped, which are ``usual_…``."""

    place: Place = Field(description="位置的代码：消息中心、短信或邮件")
    place_label: str = Field(description="位置")
    version: int
    title: str
    body: str
    usual_title: str = Field(description="默认的标题，短信没有")
    usual_body: str = Field(description="默认的内容")
    own: bool = Field(description="是否修改过")
    providers: list[ProviderTemplateRead] = Field(description="短信服务商审核通过的模板")
    changed_by: str | None = Field(description="最近由谁修改")
    changed_at: datetime | None = Field(description="最近修改的时间")
    preview: WordsPreview = Field(description="以示例预览")


class MessageTemplateRead(Read):
    """All words of one kind of message, and what can be filled in."""

    kind: MessageKind
    fields: list[TemplateField]
    parameter_fields: list[TemplateField] = Field(description="短信服务商的模板参数可以代入的内容")
    places: list[WordsRead]


class MessageTemplateItem(Read):
    kind: MessageKind
    title: str
    places: list[Place]
    own: list[Place] = Field(description="修改过的")
    places_label: str = Field(description="在哪里发")
    own_label: str = Field(description="修改过哪些")
    changed_by: str | None = Field(description="最近由谁修改")
    changed_at: datetime | None = Field(description="最近修改的时间")
