"""Which messages an official oversees (STAFF-06, PLAT-06): those that units of his region get about his own field, and
his office's own. The administration of
the platform sees all. A table of data; what is asked of the database is the repository's.
"""

from collections.abc import Mapping

from services.notifications.kinds import MessageKind
from services.notifications.notices.catalogue import audiences_of
from shared.identity import Actor
from shared.roles import Level, Permission

_P = Permission
# Of what a unit is told for one of its permissions: who oversees it.
OVERSEERS: Mapping[Permission, frozenset[Permission]] = {
    _P.GROUP_REGISTRATION: frozenset({_P.TRAINING_OVERSIGHT}),
    _P.INSTITUTION_FILING: frozenset({_P.TRAINING_OVERSIGHT}),
    _P.HAZARD_DECLARATION: frozenset({_P.DECLARATION_REVIEW, _P.DECLARATION_OVERSIGHT}),
}
# Of what an account is told as such: that it ends.
OF_ACCOUNTS = frozenset({_P.ACCOUNT_MANAGEMENT})
_FIELDS = (
    (frozenset({_P.TRAINING_OVERSIGHT}), "培训"),
    (frozenset({_P.DECLARATION_REVIEW, _P.DECLARATION_OVERSIGHT}), "申报"),
    (OF_ACCOUNTS, "账号到期"),
)


def sees_all(actor: Actor) -> bool:
    return actor.may(Permission.ADMINISTRATION)


def sees_some(actor: Actor) -> bool:
    """An office with a region."""
    return actor.level is not Level.UNIT and bool(actor.region_prefix)


def permissions_overseen(actor: Actor) -> frozenset[Permission]:
    """Of units: what they are told for these, the actor sees."""
    return frozenset(each for each, overseers in OVERSEERS.items() if actor.may(*overseers))


def kinds_overseen(actor: Actor) -> list[MessageKind]:
    """The kinds of message of which the actor sees those of units."""
    wanted = permissions_overseen(actor)
    return [
        kind
        for kind, audiences in audiences_of().items()
        if any(each.permission in wanted or (each.account_ids and actor.may(*OF_ACCOUNTS)) for each in audiences)
    ]


def words_of(actor: Actor) -> str:
    """Exactly whose deliveries a list shows, as it says above its rows."""
    if sees_all(actor):
        return "全部账号收到的短信和邮件"
    fields = "、".join(words for permissions, words in _FIELDS if actor.may(*permissions))
    return f"本机构辖区内各单位收到的{fields}类短信和邮件，以及本机构群发的"
