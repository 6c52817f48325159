"""Figures of expiry over the wire: each leads to the list that has exactly the certificates that it counts."""

from datetime import datetime

from pydantic import BaseModel, Field


class ExpiryFigure(BaseModel):
    """How many certificates end in a span of days; with ``filters`` the list of certificates has just these."""

    key: str
    label: str
    count: int
    link: str = Field(description="门户页面路径")
    filters: dict[str, list[str]] = Field(description="该页面列表的查询参数")


class ExpiryRow(BaseModel):
    """One region by the digits that its code begins with, or, without a ``key``, all of them together."""

    key: str
    label: str
    figures: list[ExpiryFigure]


class ExpiryRead(BaseModel):
    """``total`` is the sum of ``regions``; days are Beijing's."""

    made_at: datetime
    total: ExpiryRow
    regions: list[ExpiryRow] = Field(description="下一级各地区")
