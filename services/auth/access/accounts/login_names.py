"""What a login name looks like, wherever somebody chooses one: when an account is opened, and when an enterprise signs up."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.fields import Copied

_SHAPE = re.compile(r"[a-z][a-z0-9_]{3,19}")


def _checked(name: str) -> str:
    if not _SHAPE.fullmatch(name):
        raise PydanticCustomError("login_name_format", "登录账号应为 4–20 位小写字母、数字或下划线，并以字母开头")
    return name


ChosenLoginName = Annotated[
    str,
    AfterValidator(_checked),
    Field(description="登录账号，4–20 位小写字母、数字或下划线，字母开头"),
    Copied(64),
]
