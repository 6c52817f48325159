"""A declaration checked while it is typed (FAQ-D6, D11): the same function that judges a submission, over what is stored with what has just
been typed in its place. Nothing is written.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.bodies import DeclarationDraft
from services.declaration.declarations.contents import situation_of, values_of
from services.declaration.declarations.presentation import surveillance_options
from services.declaration.declarations.schemas import Compared, DeclarationCheckRead
from services.declaration.declarations.schemas import Problem as ProblemRead
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.filled import Filled, filled
from services.declaration.form.hits import Situation
from services.declaration.form.rules import MISSING, problems_in
from shared.clock import beijing_today, now_utc
from shared.errors import FieldError
from shared.identity import Actor
from shared.web.drafts import problem_fields, read_draft


async def check_form(
    session: AsyncSession, *, actor: Actor, given: Mapping[str, object], declaration_id: UUID | None
) -> DeclarationCheckRead:
    """What is wrong with the whole, were ``given`` saved; without a record it is a new one. Raises ``NotFound``."""
    draft, errors = read_draft(DeclarationDraft, given)
    typed = draft.model_dump(include=set(given) - {each.field for each in errors})
    if declaration_id is None:
        last = await repository.get_last_approved(session, actor.organisation_id)
        return check_of(typed, errors, Situation(has_approved=last is not None, today=beijing_today(now_utc())))
    declaration = await repository.require_declaration(session, actor, declaration_id)
    values = {**values_of(declaration), **typed, "kind": typed.get("kind") or declaration.kind}
    return check_of(values, errors, situation_of(declaration, now_utc()), declaration.catalogue)


def check_of(
    values: Mapping[str, Any], errors: list[FieldError], situation: Situation, edition: str = ""
) -> DeclarationCheckRead:
    """``errors`` are of what could not even be read."""
    form = filled({"kind": DeclarationKind.INITIAL, **{k: v for k, v in values.items() if v is not None}}, edition)
    problems = problems_in(form, situation)
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
