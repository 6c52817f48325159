"""Somebody without an account, as routes and histories know them: where a request comes from, and the secret by which one's own
application or case is changed again.
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from shared.fields import Copied, whole
from shared.identity import SYSTEM, Actor
from shared.web.callers import CrossSite


def address_of(request: Request) -> str:
    """The network address of the caller; raises ``CrossSite`` for what another web site sends."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise CrossSite  # another site could act in its visitor's name
    return request.client.host if request.client else ""


async def _address(request: Request) -> str:
    return address_of(request)


Address = Annotated[str, Depends(_address)]
# Given with the answer that made the application or case, kept by the applicant's browser.
ApplicantKey = Annotated[
    str,
    Header(alias="X-Applicant-Key", description="创建时返回的密钥"),
    whole(20, "密钥不完整，请在提交时所用的浏览器中重新打开该页面"),
    Copied(100),
]


def visitor(name: str, record_id: UUID, address: str) -> Actor:
    """The applicant behind one record, for its history and its files: what belongs to the record belongs to this actor."""
    return replace(
        SYSTEM,
        account_id=record_id,
        account_name="",
        person_name=name or "申请人",
        organisation_id=record_id,
        organisation_name="",
        address=address,
    )
