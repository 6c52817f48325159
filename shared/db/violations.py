"""What a constraint that the database found broken means. A key that is taken is a refusal. So is a bound of what people type, with the
field and words of its own. Any other CHECK, that of a coded column above all, holds what the platform itself writes: broken, it is a fault.
What has changed or gone between being read and being written is neither: the work is done again and then sees what is there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.errors import CheckViolation, DeadlockDetected, UniqueViolation
from sqlalchemy import CheckConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError, NoResultFound, SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from shared.db.history import POSITIONS
from shared.errors import AppError, Conflict, FieldError, InvalidInput

_TYPED: list[tuple[CheckConstraint, FieldError]] = []


def typed_check(condition: str, name: str, words: str, *, field: str | None = None) -> CheckConstraint:
    """A bound of what people type. Their form has it too; whoever gets past the form is told ``words`` at ``field`` (422)."""
    check = CheckConstraint(condition, name=name)
    _TYPED.append((check, FieldError(field or name, f"{name}_out_of_bounds", words)))
    return check


def is_overtaken(error: SQLAlchemyError) -> bool:
    """Whether another transaction was faster: a record that was read is changed or gone, its history has got on, or of two that wait for
    each other the database has ended this one."""
    if isinstance(error, DBAPIError):
        broken = error.orig.diag.constraint_name if isinstance(error.orig, UniqueViolation) else None
        return broken == POSITIONS or isinstance(error.orig, DeadlockDetected)
    # A record that is gone when it is read anew has no class of its own.
    gone = isinstance(error, InvalidRequestError) and str(error).startswith("Could not refresh instance")
    return gone or isinstance(error, StaleDataError | ObjectDeletedError | NoResultFound)


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
