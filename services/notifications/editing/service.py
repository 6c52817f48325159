"""消息模板: the words of each kind of message for each place, kept by the administration. What would not be filled in is refused with its
place named; each saving is a version, the newest is used for what comes after it, and what waits goes out as it was put down."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.letter import html_of
from services.notifications.deliveries.limits import pieces_of
from services.notifications.deliveries.service import SMS_CHARACTERS, mail_text, sms_text
from services.notifications.editing.field_words import FIELD_WORDS, FieldWord
from services.notifications.editing.schemas import (
    MessageTemplateItem,
    MessageTemplateRead,
    ParameterField,
    ProviderTemplateRead,
    TemplateField,
    WordsChange,
    WordsPreview,
    WordsRead,
)
from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.catalogue import texts_of
from services.notifications.notices.wording import TITLE, Text, field_names
from services.notifications.templates import repository
from services.notifications.templates.models import MessageTemplate
from services.notifications.templates.plain import faults_of, filled
from services.notifications.templates.workflow import Place, SmsProvider
from shared.addresses import address
from shared.db.history import RecordType, changes_of
from shared.errors import FieldError, InvalidInput, NotFound, VersionMismatch
from shared.identity import Actor
from shared.settings import platform_settings
from shared.sms.templates import TEXT
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import check_version
from shared.wording import Word

TEMPLATE = RecordType("message_template")
TEMPLATE.words.update(
    {"place": Word("位置"), "title": Word("标题"), "body": Word("内容"), "providers": Word("服务商模板")}
)
_CHANNELS = {Place.SMS: Channel.SMS, Place.EMAIL: Channel.EMAIL}
_NAMED: Mapping[str, SmsProvider] = {each.value: each for each in SmsProvider}
_WHOLE = FieldWord("短信的全部内容", "（本页的短信内容）")
_RECIPIENT, _LINK = "李联系", address("messages")


def _record_id(kind: MessageKind) -> UUID:
    return uuid5(NAMESPACE_OID, f"{TEMPLATE.name}:{kind.value}")


def _text_of(kind: MessageKind) -> Text[Any]:
    if kind not in texts_of():
        raise NotFound
    return texts_of()[kind]


def _places(text: Text[Any]) -> list[Place]:
    return [place for place in Place if place not in _CHANNELS or _CHANNELS[place] in text.channels]


def _names(text: Text[Any]) -> list[str]:
    return sorted(field_names(text) - {TITLE})


def _fields(names: Collection[str]) -> list[TemplateField]:
    return [
        TemplateField(name=name, label=FIELD_WORDS[name].label, example=FIELD_WORDS[name].example) for name in names
    ]


async def list_templates(session: AsyncSession) -> list[MessageTemplateItem]:
    """Every kind, with what was edited of it."""
    edited: dict[MessageKind, list[MessageTemplate]] = {}
    for row in await repository.list_newest(session):
        edited.setdefault(row.kind, []).append(row)
    return [_item(kind, text, edited.get(kind, [])) for kind, text in texts_of().items()]


def _item(kind: MessageKind, text: Text[Any], rows: list[MessageTemplate]) -> MessageTemplateItem:
    last = max(rows, key=lambda row: row.made_at, default=None)
    places, own = _places(text), [row.place for row in rows if row.body is not None]
    return MessageTemplateItem(
        kind=kind,
        title=filled(text.title, {name: f"〔{word.label}〕" for name, word in FIELD_WORDS.items()}),
        places=places,
        own=own,
        places_label="、".join(each.label for each in places),
        own_label="、".join(each.label for each in own),
        changed_by=last.made_by_name if last else None,
        changed_at=last.made_at if last else None,
    )


async def read_template(session: AsyncSession, kind: MessageKind) -> MessageTemplateRead:
    """Raises ``NotFound`` for a kind that is said nowhere."""
    text, own = _text_of(kind), await repository.newest_of(session, kind)
    names = _names(text)
    whole = TemplateField(name=TEXT, label=_WHOLE.label, example=_WHOLE.example)
    return MessageTemplateRead(
        kind=kind,
        fields=_fields(names),
        parameter_fields=[whole, *_fields([*names, TITLE])],
        places=[_words(text, place, own.get(place), own) for place in _places(text)],
    )


def _words(
    text: Text[Any], place: Place, row: MessageTemplate | None, all_own: Mapping[Place, MessageTemplate]
) -> WordsRead:
    """Without words of its own a place says what 消息中心 says."""
    inbox = all_own.get(Place.INBOX) if place is not Place.INBOX else None
    kept = inbox if inbox and inbox.body is not None else None
    usual_title = "" if place is Place.SMS else (kept and kept.title) or text.title
    usual_body = (kept and kept.body) or text.body
    own = row if row and row.body is not None else None
    title, body = (own and own.title) or usual_title, (own and own.body) or usual_body
    return WordsRead(
        place=place,
        place_label=place.label,
        version=row.version if row else 0,
        title=title,
        body=body,
        usual_title=usual_title,
        usual_body=usual_body,
        own=own is not None,
        providers=_providers(row.providers if row else {}),
        changed_by=row.made_by_name if row else None,
        changed_at=row.made_at if row else None,
        preview=_preview(place, title, body),
    )


def _providers(kept: Mapping[str, Any]) -> list[ProviderTemplateRead]:
    return [
        ProviderTemplateRead(
            provider=_NAMED[name],
            code=each["code"],
            parameters=[ParameterField(theirs=theirs, ours=ours) for theirs, ours in each["fields"].items()],
            longest=each["longest"],
        )
        for name, each in kept.items()
    ]


def _preview(place: Place, title: str, body: str) -> WordsPreview:
    examples = {name: word.example for name, word in FIELD_WORDS.items()}
    said = filled(body, examples)
    if place is Place.SMS:
        text = sms_text(said)
        cut = len(sms_text("")) + len(said) > SMS_CHARACTERS
        return WordsPreview(title="", text=text, characters=len(text), parts=pieces_of(text), cut=cut)
    shown = WordsPreview(title=filled(title, examples), text=said, characters=len(said), parts=None, cut=False)
    if place is not Place.EMAIL:
        return shown
    text = mail_text(said, _LINK, _RECIPIENT)
    html = html_of(shown.title, text, home=platform_settings().public_url)
    return shown.model_copy(update={"text": text, "html": html})


def preview(kind: MessageKind, place: Place, body: WordsChange) -> WordsPreview:
    """How these words would go out. Raises ``NotFound``, ``InvalidInput`` for what could not be filled in."""
    _check(_text_of(kind), place, body)
    return _preview(place, body.title, body.body)


async def change_words(
    session: AsyncSession, *, actor: Actor, kind: MessageKind, place: Place, body: WordsChange, expected: int
) -> WordsRead:
    """A new version. Raises ``NotFound``, ``VersionMismatch``, ``InvalidInput`` with the place of each fault."""
    text = _text_of(kind)
    _check(text, place, body)
    providers = {
        each.provider.value: {
            "code": each.code,
            "fields": {one.theirs: one.ours for one in each.parameters},
            "longest": each.longest,
        }
        for each in body.providers
    }
    said = {"title": "" if place is Place.SMS else body.title, "body": body.body, "providers": providers}
    return await _keep(session, actor, kind, place, said, expected)


async def restore_words(
    session: AsyncSession, *, actor: Actor, kind: MessageKind, place: Place, expected: int
) -> WordsRead:
    """The words that were shipped hold again; what providers have approved stays. Raises ``NotFound``, ``VersionMismatch``."""
    _require_place(_text_of(kind), place)
    row = (await repository.newest_of(session, kind)).get(place)
    said = {"title": "", "body": None, "providers": row.providers if row else {}}
    return await _keep(session, actor, kind, place, said, expected)


async def _keep(
    session: AsyncSession, actor: Actor, kind: MessageKind, place: Place, said: Mapping[str, Any], expected: int
) -> WordsRead:
    before = await _place_of(session, kind, place)
    check_version(before.version, expected)
    made_by = {"made_by": actor.account_id, "made_by_name": f"{actor.organisation_name} {actor.person_name}".strip()}
    if not await repository.add(session, kind=kind, place=place, version=expected + 1, **said, **made_by):
        raise VersionMismatch
    after = await _place_of(session, kind, place)
    was, is_now = _told(before), _told(after)
    other = [name for name in is_now if was[name] != is_now[name]]
    TEMPLATE.note(
        session,
        _record_id(kind),
        "update" if after.own else "restore",
        actor=actor,
        before={name: was[name] for name in other},
        after={"place": place.label, **{name: is_now[name] for name in other}},
    )
    await session.flush()
    return after


def _told(words: WordsRead) -> dict[str, str]:
    providers = [f"{each.provider.label} {each.code}" for each in words.providers]
    return {"title": words.title, "body": words.body, "providers": "；".join(providers)}


async def _place_of(session: AsyncSession, kind: MessageKind, place: Place) -> WordsRead:
    found = await read_template(session, kind)
    return next(each for each in found.places if each.place is place)


def _require_place(text: Text[Any], place: Place) -> None:
    if place not in _places(text):
        raise NotFound(f"该类消息不发{place.label}")


def _check(text: Text[Any], place: Place, body: WordsChange) -> None:
    _require_place(text, place)
    names = _names(text)
    errors = [
        FieldError(part, fault.code, fault.message)
        for part in ("title", "body")
        for fault in faults_of(getattr(body, part), names)
    ]
    if place is not Place.SMS and not body.title:
        errors.append(FieldError("title", "missing", "请填写标题"))
    known = {*names, TITLE, TEXT}
    errors += [
        FieldError(f"providers.{at}.parameters.{number}.ours", "unknown_field", f"该类消息没有“{each.ours}”这项内容")
        for at, provider in enumerate(body.providers)
        for number, each in enumerate(provider.parameters)
        if each.ours not in known
    ]
    if body.providers and place is not Place.SMS:
        errors.append(FieldError("providers", "only_sms", "只有短信有服务商模板"))
    if errors:
        raise InvalidInput(errors=errors)


async def template_history(session: AsyncSession, *, actor: Actor, kind: MessageKind) -> list[HistoryEntry]:
    """Who changed which words, and what they were. Raises ``NotFound``."""
    _text_of(kind)
    return history_entries(await changes_of(session, TEMPLATE, _record_id(kind)), actor, TEMPLATE, DONE)


DONE = {"restore": "恢复默认"}
