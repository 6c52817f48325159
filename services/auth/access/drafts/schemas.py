"""Drafts of forms over the wire."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Path
from pydantic import BaseModel, Field

FormName = Annotated[
    str,
    Path(
        min_length=2,
        max_length=80,
        pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$",
        description="表单的名称，如 personnel.new",
    ),
]
Typed = Annotated[dict[str, object], Body(max_length=200, description="已填写的内容")]


class FormDraftRead(BaseModel):
    """``values`` is None, and ``version`` 0, where nothing is kept."""

    form: str
    values: dict[str, Any] | None
    saved_at: datetime | None
    version: int = Field(description="0 为尚未暂存；保存时放入 If-Match")
