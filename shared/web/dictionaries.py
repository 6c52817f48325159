"""The dictionaries that the administration keeps, one kit for all (AUTH-31): an entry is taken out of use with a reason and brought back;
deleted is only what was created here and never used; everybody else has no button (PLAT-02, PLAT-04). How an entry is made and changed is
its domain's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.dictionaries import InDictionary, created_of, record_id
from shared.db.history import RecordType, changes_of, history_of
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.roles import Permission
from shared.web.callers import caller
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session
from shared.web.versions import changed_meanwhile
from shared.wording import NOTHING, Names
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import ActionBody, Refusal

DONE = {"disable": "停用", "enable": "启用"}
Keeper = Annotated[Actor, caller(Permission.ADMINISTRATION)]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40, description="代码")]
E = TypeVar("E", bound=InDictionary)


class AlreadySo(Conflict):
    code = "dictionary_entry_as_wanted"


class DetailOfEntry(BaseModel):
    """What every answer about an entry has; ``version`` is that of the ETag."""

    position: int
    active: bool
    version: int
    allowed_actions: list[AllowedAction]


async def _no_names(_session: AsyncSession) -> Names:
    return NOTHING


@dataclass(frozen=True)
class Dictionary(Generic[E]):
    """``kind`` is its name in the history, ``at`` the address of its entries, ``words`` what follows of each action, ``shipped`` why what came
    with the platform is not deleted. ``require`` raises ``NotFound``; ``in_use`` says what an entry is used for, None for nothing; ``names`` what codes in
    its history are called."""

    kind: RecordType
    label: str
    at: str
    words: dict[str, str]
    shipped: str
    hold: Callable[[AsyncSession], Awaitable[None]]
    require: Callable[[AsyncSession, str], Awaitable[E]]
    in_use: Callable[[AsyncSession, E], Awaitable[Refusal | None]]
    delete: Callable[[AsyncSession, E], Awaitable[None]]
    names: Callable[[AsyncSession], Awaitable[Names]] = _no_names

    async def refusal_of_deletion(self, session: AsyncSession, entry: E) -> Refusal | None:
        """Why the entry cannot be deleted, and what to do instead; None when it can."""
        if entry.code not in await created_of(session, self.kind, [entry.code]):
            return Refusal("dictionary_entry_shipped", self.shipped)
        return await self.in_use(session, entry)

    async def actions_of(self, session: AsyncSession, actor: Actor, entry: E) -> list[AllowedAction]:
        """For whoever keeps the dictionaries; nobody else has any."""
        if not actor.may(Permission.ADMINISTRATION):
            return []
        return self.buttons(entry, await self.refusal_of_deletion(session, entry))

    def buttons(self, entry: E, refusal: Refusal | None) -> list[AllowedAction]:
        """What can be done with an entry that ``refusal`` keeps from being deleted."""
        switch = "disable" if entry.active else "enable"
        pressed = button(switch, DONE[switch], needs_reason=entry.active, consequence=self.words[switch])
        return [
            button("update", "修改"),
            pressed.model_copy(update={"href": f"{self.at}/{entry.code}/{switch}"}),
            button("delete", "删除", refusal, consequence=self.words["delete"]),
        ]

    async def require_version(self, session: AsyncSession, code: str, expected: int) -> None:
        """An entry has been written as often as its history has rows. Raises ``VersionMismatch``."""
        written = await changes_of(session, self.kind, record_id(self.kind, code))
        if len(written) != expected:
            raise changed_meanwhile(self.kind, written[expected:], await self.names(session))

    async def switch(self, session: AsyncSession, actor: Actor, code: str, *, active: bool, reason: str | None) -> None:
        """Out of use or back. Raises ``AlreadySo``, and ``InvalidInput`` for what is taken out without a reason."""
        if not active and not (reason or "").strip():
            raise InvalidInput(errors=[FieldError("reason", "missing", "停用须填写理由")])
        await self.hold(session)
        entry = await self.require(session, code)
        action = "enable" if active else "disable"
        if entry.active is active:
            raise AlreadySo(f"“{entry.label}”已经{DONE[action]}")
        entry.active = active
        self.kind.note(session, record_id(self.kind, code), action, actor=actor, reason=reason or None)
        await session.flush()

    async def remove(self, session: AsyncSession, actor: Actor, code: str, expected: int) -> None:
        """What was never used is gone. Raises ``VersionMismatch``, and ``ActionRefused`` with why it must stay."""
        await self.hold(session)
        entry = await self.require(session, code)
        await self.require_version(session, code, expected)
        if refusal := await self.refusal_of_deletion(session, entry):
            raise ActionRefused(refusal)
        before = {"code": code, "label": entry.label, "position": entry.position}
        self.kind.note(session, record_id(self.kind, code), "delete", actor=actor, before=before)
        await self.delete(session, entry)

    async def history(self, session: AsyncSession, actor: Actor, code: str) -> list[HistoryEntry]:
        """Everything that was done with the entry, oldest first (PLAT-04)."""
        await self.require(session, code)
        rows = await history_of(session, self.kind, record_id(self.kind, code))
        return history_entries(rows, actor, self.kind, DONE, await self.names(session))


D = TypeVar("D", bound=DetailOfEntry)
Read = Callable[[AsyncSession, Actor, str], Awaitable[D]]


def add_entry_routes(
    router: APIRouter, dictionary: Dictionary[E], read: Read[D], answer: type[D], *readers: Permission
) -> None:
    """Reading one entry and what was done with it, for the keeper and ``readers``; taking it out of use, bringing it back and deleting it,
    for the keeper. ``read`` gives the ``answer``."""
    name, label = dictionary.kind.name, dictionary.label
    reader = Annotated[Actor, caller(Permission.ADMINISTRATION, *readers)]

    async def show(code: Code, session: Session, response: Response, actor: Actor) -> DetailOfEntry:
        return await _shown(response, read, session, actor, code)

    async def history(code: Code, session: Session, actor: Actor) -> list[HistoryEntry]:
        return await dictionary.history(session, actor, code)

    async def disable(code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper) -> DetailOfEntry:
        await dictionary.switch(session, actor, code, active=False, reason=body.reason)
        return await _shown(response, read, session, actor, code)

    async def enable(code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper) -> DetailOfEntry:
        await dictionary.switch(session, actor, code, active=True, reason=body.reason)
        return await _shown(response, read, session, actor, code)

    async def delete(code: Code, session: Session, actor: Keeper, expected: ExpectedVersion) -> None:
        await dictionary.remove(session, actor, code, expected)

    # FastAPI reads the signature: who may read differs from dictionary to dictionary.
    show.__annotations__["actor"] = history.__annotations__["actor"] = reader
    at, add = "/{code}", router.add_api_route
    add(at, show, name=f"read_{name}", summary=f"一个{label}", response_model=answer)
    add(f"{at}/history", history, name=f"{name}_history", summary=f"{label}的变更记录")
    for act, verb in ((disable, "停用"), (enable, "启用")):
        add(
            f"{at}/{act.__name__}",
            act,
            methods=["POST"],
            name=f"{act.__name__}_{name}",
            summary=f"{verb}{label}",
            response_model=answer,
        )
    add(at, delete, methods=["DELETE"], status_code=204, name=f"delete_{name}", summary=f"删除从未使用过的{label}")


async def _shown(response: Response, read: Read[D], session: AsyncSession, actor: Actor, code: str) -> D:
    return tagged(response, await read(session, actor, code))
