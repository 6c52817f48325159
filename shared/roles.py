"""What an account may do. ``Grant`` is what is ticked on the application form (AUTH-04); ``Permission`` is what a route asks for;
the table between them depends on the level of the account's organisation (AUTH-31). Who has which grant is auth's business.
"""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """Where an organisation stands: a unit reports, the others oversee a region."""

    UNIT = "unit"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


class Portal(StrEnum):
    """Which accounts share one rule for phones, passwords and codes (X17, X18, X26)."""

    TRAINING = "training"
    OFFICIALS = "officials"
    ENTERPRISE = "enterprise"


class Grant(StrEnum):
    HEALTH_EXAMINATION = "health_examination"
    DIAGNOSIS = "diagnosis"
    ARBITRATION = "arbitration"
    TECHNICAL_SERVICE = "technical_service"
    PNEUMOCONIOSIS_FOLLOW_UP = "pneumoconiosis_follow_up"
    GROUP_REGISTRATION = "group_registration"
    DISEASE_CONTROL = "disease_control"
    HEALTH_ADMINISTRATION = "health_administration"
    ACCOUNT_MANAGEMENT = "account_management"
    HAZARD_DECLARATION = "hazard_declaration"
    PLATFORM_ADMINISTRATION = "platform_administration"


class Permission(StrEnum):
    INSTITUTION_FILING = "institution_filing"
    GROUP_REGISTRATION = "group_registration"
    TRAINING_OVERSIGHT = "training_oversight"
    PLAN_MANAGEMENT = "plan_management"
    PROVINCE_REVIEW = "province_review"
    CLASS_SCHEDULING = "class_scheduling"
    SCORE_ENTRY = "score_entry"
    CERTIFICATE_MANAGEMENT = "certificate_management"
    ACCOUNT_MANAGEMENT = "account_management"
    HAZARD_DECLARATION = "hazard_declaration"
    DECLARATION_REVIEW = "declaration_review"
    DECLARATION_OVERSIGHT = "declaration_oversight"
    ADMINISTRATION = "administration"
    MASS_NOTICE = "mass_notice"


_P = Permission
_PROVINCE_CDC = {
    _P.TRAINING_OVERSIGHT,
    _P.PLAN_MANAGEMENT,
    _P.PROVINCE_REVIEW,
    _P.CLASS_SCHEDULING,
    _P.SCORE_ENTRY,
    _P.CERTIFICATE_MANAGEMENT,
    _P.MASS_NOTICE,
}
_UNIT_FILING = {_P.INSTITUTION_FILING}

# AUTH-31. A grant that opens nothing here (职业病鉴定, 尘肺病随访) has no row.
PERMISSIONS: dict[tuple[Grant, Level], set[Permission]] = {
    (Grant.HEALTH_EXAMINATION, Level.UNIT): _UNIT_FILING,
    (Grant.DIAGNOSIS, Level.UNIT): _UNIT_FILING,
    (Grant.TECHNICAL_SERVICE, Level.UNIT): _UNIT_FILING,
    (Grant.GROUP_REGISTRATION, Level.UNIT): {_P.GROUP_REGISTRATION, _P.INSTITUTION_FILING},
    (Grant.HAZARD_DECLARATION, Level.UNIT): {_P.HAZARD_DECLARATION},
    (Grant.DISEASE_CONTROL, Level.COUNTY): {_P.TRAINING_OVERSIGHT, _P.MASS_NOTICE},
    (Grant.DISEASE_CONTROL, Level.CITY): {_P.TRAINING_OVERSIGHT, _P.MASS_NOTICE},
    (Grant.DISEASE_CONTROL, Level.PROVINCE): _PROVINCE_CDC,
    (Grant.HEALTH_ADMINISTRATION, Level.COUNTY): {_P.DECLARATION_REVIEW, _P.MASS_NOTICE},
    (Grant.HEALTH_ADMINISTRATION, Level.CITY): {_P.DECLARATION_REVIEW, _P.DECLARATION_OVERSIGHT, _P.MASS_NOTICE},
    (Grant.HEALTH_ADMINISTRATION, Level.PROVINCE): {_P.DECLARATION_OVERSIGHT, _P.MASS_NOTICE},
    (Grant.ACCOUNT_MANAGEMENT, Level.COUNTY): {_P.ACCOUNT_MANAGEMENT},
    (Grant.ACCOUNT_MANAGEMENT, Level.CITY): {_P.ACCOUNT_MANAGEMENT},
    (Grant.ACCOUNT_MANAGEMENT, Level.PROVINCE): {_P.ACCOUNT_MANAGEMENT},
    # 管理, a permission of its own: who may grant it, and to whom, is in auth's ``access/accounts/workflow.py``.
    (Grant.PLATFORM_ADMINISTRATION, Level.PROVINCE): {_P.ADMINISTRATION},
}


def permissions_of(grants: Iterable[Grant], level: Level) -> frozenset[Permission]:
    """Everything that these grants open for an organisation of this level."""
    return frozenset().union(*(PERMISSIONS.get((grant, level), set()) for grant in grants))
