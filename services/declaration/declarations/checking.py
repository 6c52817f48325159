"""A declaration checked while it is typed (FAQ-D6, D11): the same function that judges a submission, over what is stored with what has just
been typed in its place. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.bodies import DeclarationDraft, HazardTyped
from services.declaration.declarations.contents import after, situation_of, values_of
from services.declaration.declarations.presentation import surveillance_options
from services.declaration.declarations.schemas import Compared, DeclarationCheckRead
from services.declaration.declarations.schemas import Problem as ProblemRead
from services.declaration.factors.misfits import misfits
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.filled import Filled, filled
from services.declaration.form.hits import Situation
from services.declaration.form.rules import MISSING, problems_in
from shared.clock import now_utc
from shared.errors import FieldError
from shared.identity import Actor
from shared.web.drafts import problem_fields, read_whole_draft


async def check_form(
    session: AsyncSession, *, actor: Actor, given: Mapping[str, object], declaration_id: UUID | None
) -> DeclarationCheckRead:
    """What is wrong with the whole, were ``given`` saved; without a record it is a new one. Raises ``NotFound``."""
    typed, errors = read_typed(given)
    if declaration_id is None:
        last = await repository.get_last_approved(session, actor.organisation_id)
        return check_of(typed, errors, after(last.declared_on if last else None, now_utc()))
    declaration = await repository.require_declaration(session, actor, declaration_id)
    values = {**values_of(declaration), **typed, "kind": typed.get("kind") or declaration.kind}
    return check_of(values, errors, situation_of(declaration, now_utc()), declaration.catalogue)


def read_typed(given: Mapping[str, object]) -> tuple[dict[str, Any], list[FieldError]]:
    """What of it can be read, and everything that cannot stand, each at its own cell; the cells beside are judged all the same."""
    draft, errors = read_whole_draft(DeclarationDraft, given)
    wrong = {each.field.partition(".")[0] for each in errors}
    left_out = {name for name in wrong if getattr(draft, name, None) is None}
    typed = draft.model_dump(include=set(given) - left_out)
    return typed, [*errors, *_misfits(draft.hazards or ())]


def _misfits(hazards: Iterable[HazardTyped]) -> Iterator[FieldError]:
    for at, hazard in enumerate(hazards):
        for each in misfits(hazard.class_code, hazard.factors):
            yield FieldError(f"hazards.{at}.factors.{each.at}.{each.field}", each.code, each.words)


def check_of(
    values: Mapping[str, Any], errors: list[FieldError], situation: Situation, edition: str = ""
) -> DeclarationCheckRead:
    """``errors`` are of what could not even be read."""
    form = filled({"kind": DeclarationKind.INITIAL, **{k: v for k, v in values.items() if v is not None}}, edition)
    unread = {each.field for each in errors}
    problems = [each for each in problems_in(form, situation) if each.field not in unread]
    wrong = [FieldError(each.field, each.code, each.message) for each in problems if each.code != MISSING]
    largest = max((count for _, _, count in form.counts), default=0)
    return DeclarationCheckRead(
        errors=problem_fields([*errors, *wrong]),
        hints=[],
        required_now=[each.field for each in problems if each.code == MISSING],
        problems=[ProblemRead.of(each) for each in problems],
        compared=_compared(form),
        exposed_total=form.exposed_count,
        smallest_total=largest,
        surveillance_options=surveillance_options(form),
    )


def _compared(form: Filled) -> list[Compared]:
    total = form.exposed_count
    return [
        Compared(field=field, label=label, count=count, exceeds=total is not None and count > total)
        for field, label, count in form.counts
    ]
