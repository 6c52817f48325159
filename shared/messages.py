"""Chinese for what pydantic finds wrong. A type of ours (``PydanticCustomError``) brings its own message; this table is for the rest."""

import re

from pydantic_core import ErrorDetails

MESSAGES = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不正确",
    "string_unicode": "含有无法识别的字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数值过大",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "finite_number": "应为有限的数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "uuid_type": "编号格式不正确",
    "uuid_parsing": "编号格式不正确",
    "enum": "不在可选范围内，可选：{expected}",
    "literal_error": "不在可选范围内，可选：{expected}",
    "date_type": "应为日期，例如 2026-03-01",
    "datetime_type": "应为时间，例如 2026-03-01T09:00:00+08:00",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "frozen_set_type": "应为列表",
    "set_type": "应为列表",
    "tuple_type": "应为列表",
}
UNKNOWN = "填写的内容有误"
BLANK = "请填写此项"
NO_FILE = "请选择要上传的文件"
# Pydantic joins the allowed values as an English sentence does.
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


def message_for(error: ErrorDetails) -> str:
    """One line of Chinese for one pydantic error."""
    template = MESSAGES.get(str(error["type"]))
    if template is None:
        message = str(error.get("msg", "")).removeprefix("Value error, ")
        if message.startswith("Expected UploadFile"):
            return NO_FILE
        return message if any("一" <= char <= "鿿" for char in message) else UNKNOWN
    context = error.get("ctx", {})
    if error["type"] == "string_too_short" and context.get("min_length") == 1:
        return BLANK
    if "expected" in context:
        context = {**context, "expected": "、".join(_QUOTED.findall(str(context["expected"]))) or "（无）"}
    try:
        return template.format(**context)
    except (KeyError, IndexError):
        return UNKNOWN
