"""Which forms there are, and a form's content as its contract has it. The page itself is made by ``rendering``, like every other."""

from pydantic import ValidationError

from services.certificates.rendering.catalogue import kind, kinds
from services.certificates.rendering.contract import FormContent
from services.certificates.rendering.errors import RenderingRefused


class FormRefused(RenderingRefused):
    code = "form_not_printable"
    detail = "表单内容不完整，无法打印，请更正后重新生成"


def is_form(name: str) -> bool:
    """Whether there are templates for forms of that kind."""
    return any(name == found.name for found in kinds(FormContent))


def read_content(name: str, content: str) -> FormContent:
    """The JSON ``content`` of a form of that kind. Raises ``FormRefused`` naming the places that do not fit, and ``UnknownTemplate``."""
    try:
        read = kind(name).contract.model_validate_json(content)
    except ValidationError as error:
        places = "、".join(dict.fromkeys(".".join(map(str, problem["loc"])) for problem in error.errors()))
        # Without the cause: pydantic's message shows the input, and the input names a person.
        raise FormRefused(f"表单内容不完整或过长（{places[:300]}），请更正后重新生成") from None
    if not isinstance(read, FormContent):
        raise FormRefused
    return read
