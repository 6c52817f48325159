"""The province keeps the patterns of certificate numbers itself (STAFF-10). A change counts for what is numbered from then on: numbers that
were given stay, and a series goes on where it stopped, whoever returns to its prefix.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import ANY_PLAN_TYPE, NumberPattern
from services.certificates.issue.numbering import fill, in_words, number_of
from services.certificates.patterns import repository
from services.certificates.patterns.repository import RECORD, record_id
from services.certificates.patterns.schemas import (
    NumberPatternCreate,
    NumberPatternRead,
    NumberPatternTry,
    NumberPatternUpdate,
    NumberPreview,
    NumberSeriesRead,
)
from services.certificates.rendering.catalogue import kinds
from services.certificates.templates.certificate.contract import CertificateDocument
from shared.clock import beijing_today, now_utc
from shared.db.history import changes_on, history_of
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput, Overtaken
from shared.events.training import PlanTypeDeleted
from shared.identity import SYSTEM, Actor
from shared.web.histories import HistoryEntry, history_entries
from shared.web.versions import changed_meanwhile
from shared.wording import Word, words_of
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

LISTED_SERIES = 200
PREVIEWED = 3
SHOWN_PREFIXES = 3
_AFTER_DELETION = "此后该类型按通用规则编号；已经编出的号码和序列不变。"
RECORD.words.update(words_of(NumberPatternCreate, prefix=Word("编号前缀", in_words)))
EXAMPLE_REGION, EXAMPLE_SESSION = "320102", 1
_KEPT = ("label", "prefix", "digits", "template")


class PatternForAny(Conflict):
    code = "number_pattern_for_any"
    detail = "通用规则（*）适用于所有没有单独规则的培训班类型，不能删除，只能修改"


async def list_patterns(session: AsyncSession) -> list[NumberPatternRead]:
    """Every pattern, with the series that it has filled."""
    rows = await repository.list_patterns(session)
    serials = await repository.last_serials(session)
    return [_read(each, rows, serials, most=LISTED_SERIES) for each in rows]


async def read_pattern(session: AsyncSession, plan_type: str) -> NumberPatternRead:
    """One pattern with all of its series. Raises ``PatternNotFound``."""
    found = await repository.require_pattern(session, plan_type)
    return _read(found, await repository.list_patterns(session), await repository.last_serials(session), most=None)


async def preview_pattern(session: AsyncSession, body: NumberPatternTry) -> NumberPreview:
    """What a pattern would number next; nothing is saved, no serial is taken."""
    filled = _example_of(body.prefix)
    last = (await repository.last_serials(session)).get(filled, 0)
    others = await repository.list_patterns(session)
    return NumberPreview(
        numbers=[number_of(filled, last + step, body.digits) for step in range(1, PREVIEWED + 1)],
        last=last,
        shares_with=[
            each.label for each in others if each.plan_type != body.plan_type and _example_of(each.prefix) == filled
        ],
        advice=_advice(body, others),
    )


def _advice(body: NumberPatternTry, patterns: Sequence[NumberPattern]) -> str | None:
    """A pattern of a type's own begins as the one for any: saved so, the type would be numbered on as before."""
    general = next(each.prefix for each in patterns if each.plan_type == ANY_PLAN_TYPE)
    if body.plan_type == ANY_PLAN_TYPE or body.prefix != general:
        return None
    taken = [in_words(each.prefix) for each in patterns if each.prefix != general][:SHOWN_PREFIXES]
    others = f"；其他类型已用的前缀有 {'、'.join(taken)}" if taken else ""
    return (
        "编号前缀与通用规则相同：该类型的证书仍与通用规则连续编号，不会单独编号。要单独编号，请修改前缀中代表类型的字母"
        f"{others}"
    )


async def create_pattern(session: AsyncSession, *, actor: Actor, body: NumberPatternCreate) -> NumberPatternRead:
    """A pattern of its own for a plan type. Raises ``InvalidInput`` for a type that has one, for an unknown template, and for what is in
    all the pattern for any."""
    if await repository.get_pattern(session, body.plan_type) is not None:
        reason = "该培训班类型已有编号规则，请直接修改"
        raise InvalidInput(errors=[FieldError("plan_type", "plan_type_taken", reason)])
    _check_template(body.template)
    general = _values(await repository.require_pattern(session, ANY_PLAN_TYPE))
    if general == body.model_dump(include=set(_KEPT)):
        reason = "与通用规则完全相同，不必单独设置；要单独编号，请修改编号前缀"
        raise InvalidInput(errors=[FieldError("prefix", "pattern_as_general", reason)])
    made = NumberPattern(**body.model_dump())
    session.add(made)
    _remember(session, made, actor, "create", None, body.model_dump(include=set(_KEPT)))
    with refused_as(lambda _: Overtaken()):  # the type was given one in this very moment
        await session.flush()
    return await read_pattern(session, body.plan_type)


async def change_pattern(
    session: AsyncSession, *, actor: Actor, plan_type: str, body: NumberPatternUpdate, expected_version: int
) -> NumberPatternRead:
    """Changes what was sent. Raises ``PatternNotFound``, ``VersionMismatch`` and ``InvalidInput`` for an unknown template."""
    found = await repository.require_pattern(session, plan_type)
    await _require_version(session, found, expected_version)
    before = _values(found)
    changes = {name: value for name, value in body.changes().items() if value != before[name]}
    if "template" in changes:
        _check_template(changes["template"])
    for name, value in changes.items():
        setattr(found, name, value)
    if changes:
        _remember(session, found, actor, "update", {name: before[name] for name in changes}, changes)
    await session.flush()
    return await read_pattern(session, plan_type)


async def delete_pattern(session: AsyncSession, *, actor: Actor, plan_type: str, expected_version: int) -> None:
    """From now on the type is numbered as any other; its series stay. Raises ``PatternNotFound``, ``VersionMismatch`` and
    ``PatternForAny``."""
    found = await repository.require_pattern(session, plan_type)
    await _require_version(session, found, expected_version)
    if plan_type == ANY_PLAN_TYPE:
        raise PatternForAny
    _remember(session, found, actor, "delete", _values(found), None)
    await session.delete(found)
    await session.flush()


async def follow_deleted_type(session: AsyncSession, event: PlanTypeDeleted) -> None:
    """The pattern of a class type that is gone goes with it; told again, nothing happens."""
    found = await repository.get_pattern(session, event.plan_type)
    if found is None:
        return
    _remember(session, found, SYSTEM, "delete", _values(found), None, reason=f"培训班类型“{event.label}”已删除")
    await session.delete(found)
    await session.flush()


async def pattern_history(session: AsyncSession, *, actor: Actor, plan_type: str) -> list[HistoryEntry]:
    """What was changed, oldest first, also of a pattern that is gone (PLAT-04). Raises ``PatternNotFound`` where there never was one."""
    rows = await history_of(session, RECORD, record_id(plan_type))
    if not rows:
        await repository.require_pattern(session, plan_type)
    return history_entries(rows, actor, RECORD)


async def _require_version(session: AsyncSession, found: NumberPattern, expected: int) -> None:
    """A pattern's key is a code: the history knows it under an id that is made of it."""
    if found.version != expected:
        raise changed_meanwhile(RECORD, await changes_on(session, RECORD, record_id(found.plan_type), expected))


def _values(pattern: NumberPattern) -> dict[str, Any]:
    return {name: getattr(pattern, name) for name in _KEPT}


def _example_of(prefix: str) -> str:
    year = beijing_today(now_utc()).year
    return fill(prefix, year=year, session_no=EXAMPLE_SESSION, region_code=EXAMPLE_REGION)


def _read(
    pattern: NumberPattern, others: Sequence[NumberPattern], serials: Mapping[str, int], *, most: int | None
) -> NumberPatternRead:
    filled = _example_of(pattern.prefix)
    series = repository.series_of(pattern.prefix, serials)
    shares = [each.label for each in others if each is not pattern and _example_of(each.prefix) == filled]
    return NumberPatternRead(
        plan_type=pattern.plan_type,
        **{**_values(pattern), "prefix": in_words(pattern.prefix)},
        example=number_of(filled, serials.get(filled, 0) + 1, pattern.digits),
        shares_with=shares,
        series=[NumberSeriesRead(prefix=prefix, last=last) for prefix, last in series[:most]],
        series_total=len(series),
        version=pattern.version,
        updated_at=pattern.updated_at,
        allowed_actions=_actions(pattern),
    )


def _actions(pattern: NumberPattern) -> list[AllowedAction]:
    """Of whoever keeps them, who alone sees them."""
    is_last = pattern.plan_type == ANY_PLAN_TYPE
    kept = Refusal(PatternForAny.code, PatternForAny.detail) if is_last else None
    return [button("update", "修改"), button("delete", "删除", kept, consequence=_AFTER_DELETION)]


def _check_template(name: str) -> None:
    known = {each.name: each.label for each in kinds(CertificateDocument)}
    if name not in known:
        choices = "、".join(f"{code}（{label}）" for code, label in known.items())
        raise InvalidInput(errors=[FieldError("template", "unknown_template", f"没有这种证书模板，可选：{choices}")])


def _remember(
    session: AsyncSession,
    pattern: NumberPattern,
    actor: Actor,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    reason: str | None = None,
) -> None:
    identity, version = record_id(pattern.plan_type), pattern.version
    RECORD.note(session, identity, action, actor=actor, before=before, after=after, version=version, reason=reason)
