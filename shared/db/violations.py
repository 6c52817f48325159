"""What a constraint that the database found broken means. A key that is taken is a refusal. So is a bound of what people type, with the
field and words of its own. Any other CHECK, that of a coded column above all, holds what the platform itself writes: broken, it is a fault.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.errors import CheckViolation
from sqlalchemy import CheckConstraint
from sqlalchemy.exc import IntegrityError

from shared.errors import AppError, Conflict, FieldError, InvalidInput

_TYPED: list[tuple[CheckConstraint, FieldError]] = []


def typed_check(condition: str, name: str, words: str, *, field: str | None = None) -> CheckConstraint:
    """A bound of what people type. Their form has it too; whoever gets past the form is told ``words`` at ``field`` (422)."""
    check = CheckConstraint(condition, name=name)
    _TYPED.append((check, FieldError(field or name, f"{name}_out_of_bounds", words)))
    return check


def refusal_of(error: IntegrityError) -> AppError | None:
    """What the caller is told; None when the fault is the platform's."""
    if not isinstance(error.orig, CheckViolation):
        return Conflict("与已有的记录冲突，请刷新后核对")
    broken = error.orig.diag.table_name, error.orig.diag.constraint_name
    told = (problem for check, problem in _TYPED if (check.table.name, check.name) == broken)
    problem = next(told, None)
    return None if problem is None else InvalidInput(errors=[problem])


@contextmanager
def refused_as(refusal: Callable[[IntegrityError], AppError]) -> Iterator[None]:
    """Around a flush: what is taken, or gone meanwhile, is this refusal. A broken CHECK stays what it is."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.orig, CheckViolation):
            raise
        raise refusal(error) from error
