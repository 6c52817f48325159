"""The portal's addresses (G8): by name, with who may open each. The menu is made of this table; a contract test holds the portal's router
to it, and to it every link that a service writes (boards, messages, notices, next steps), by ``address`` and ``pattern``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, urlencode

from shared.roles import Permission


@dataclass(frozen=True)
class Address:
    """``by`` are the permissions of which one opens the page; anybody signed in where there are none, anybody at all where it is ``open``.
    ``key`` is the menu's entry to which it belongs. One that is not ``built`` has no page in the portal yet: what leads there is shown as
    words and not as a link."""

    name: str
    path: str
    by: frozenset[Permission] = frozenset()
    key: str = ""
    open: bool = False
    built: bool = True


_P = Permission
_UNIT, _FILING = frozenset({_P.GROUP_REGISTRATION}), frozenset({_P.INSTITUTION_FILING})
_MANAGERS, _CLAIMS = frozenset({_P.ACCOUNT_MANAGEMENT}), frozenset({_P.DECLARATION_REVIEW, _P.DECLARATION_OVERSIGHT})
_SCHEDULERS = frozenset({_P.CLASS_SCHEDULING})
_EMPLOYER = frozenset({_P.HAZARD_DECLARATION})
_OVERSEERS = frozenset({_P.DECLARATION_OVERSIGHT})
_ADMINISTRATORS = frozenset({_P.ADMINISTRATION})
_DELIVERIES = _MANAGERS | _CLAIMS | _ADMINISTRATORS | frozenset({_P.TRAINING_OVERSIGHT})


def _page(key: str, path: str, by: frozenset[Permission], **below: str) -> tuple[Address, ...]:
    """A page of the menu and those that belong to it, by their names."""
    return Address(key, path, by, key), *(Address(name, each, by, key) for name, each in below.items())


def _public(**paths: str) -> tuple[Address, ...]:
    return tuple(Address(name.replace("_", "-"), path, open=True) for name, path in paths.items())


ADDRESSES = (
    Address("home", "/"),
    Address("sign-in", "/sign-in", open=True),
    Address("settings", "/settings"),
    Address("notice-settings", "/settings/notices"),
    Address("messages", "/messages"),
    *_public(
        recovery="/recovery",
        unlock="/unlock",
        change_phone="/change-phone",
        activate="/activate",
        apply="/apply",
        appeal="/appeal",
        claim="/claim",
        phone_request="/phone-request",
        enquiry="/enquiry",
        track="/track",
        numbers="/numbers",
        enterprise_sign_up="/enterprise-sign-up",
    ),
    Address("guides", "/guides", open=True),
    Address("guide", "/guides/{guide}", open=True),
    # The QR of a class session: a page of the server, as chat programs open it.
    Address("check-in", "/check-in", open=True, built=False),
    *_page("institution_filing", "/institution", _FILING, filing="/institution/{kind}"),
    *_page(
        "personnel",
        "/institution/people",
        _FILING,
        **{
            "people-import": "/institution/people/import",
            "person-new": "/institution/people/new",
            "person": "/institution/people/{staff_id}",
        },
    ),
    *_page("registrations", "/registrations", _UNIT, **{"registration-plan": "/registrations/{plan_id}"}),
    *_page("selections", "/selections", _UNIT, selection="/selections/{plan_id}"),
    *_page("waiting_entries", "/waiting-entries", _UNIT),
    *_page("results", "/results", _UNIT, **{"session-results": "/results/{class_session_id}"}),
    *_page("expiring_qualifications", "/expiring-qualifications", _UNIT),
    *_page("transfers", "/transfers", _FILING, transfer="/transfers/{transfer_id}"),
    *_page(
        "identity_corrections",
        "/identity-corrections",
        frozenset({_P.INSTITUTION_FILING, _P.PROVINCE_REVIEW, _P.CERTIFICATE_MANAGEMENT}),
        **{"identity-correction": "/identity-corrections/{correction_id}"},
    ),
    *_page(
        "plans", "/plans", frozenset({_P.PLAN_MANAGEMENT}), **{"plan-new": "/plans/new", "plan": "/plans/{plan_id}"}
    ),
    *_page("reviews", "/reviews", frozenset({_P.PROVINCE_REVIEW}), review="/reviews/{registration_id}"),
    *_page(
        "number_reviews",
        "/number-reviews",
        frozenset({_P.PROVINCE_REVIEW}),
        **{"number-review": "/number-reviews/{case_id}"},
    ),
    *_page(
        "late_entries",
        "/late-entries",
        frozenset({_P.GROUP_REGISTRATION, _P.PROVINCE_REVIEW}),
        **{"late-entry": "/late-entries/{late_entry_id}"},
    ),
    *_page(
        "class_sessions",
        "/class-sessions",
        _SCHEDULERS,
        **{
            "class-plan": "/class-sessions/{plan_id}",
            "roster": "/class-sessions/{class_session_id}/roster",
            "check-in-screen": "/class-sessions/{class_session_id}/check-in",
        },
    ),
    *_page(
        "selection_progress", "/selection-progress", _SCHEDULERS, **{"plan-progress": "/selection-progress/{plan_id}"}
    ),
    *_page("scores", "/scores", frozenset({_P.SCORE_ENTRY}), **{"score-sheet": "/scores/{sheet_id}"}),
    # A unit sees those of its people, an office those of its region.
    *_page(
        "certificates",
        "/certificates",
        frozenset({_P.CERTIFICATE_MANAGEMENT, _P.GROUP_REGISTRATION, _P.TRAINING_OVERSIGHT}),
        certificate="/certificates/{certificate_id}",
    ),
    *_page(
        "number_patterns",
        "/number-patterns",
        frozenset({_P.CERTIFICATE_MANAGEMENT, _P.ADMINISTRATION}),
        **{"document-templates": "/document-templates"},
    ),
    *_page(
        "training_statistics",
        "/training-statistics",
        frozenset({_P.TRAINING_OVERSIGHT}),
        **{
            "certificate-expiry": "/training-statistics/certificates",
            "training-people": "/training-statistics/people",
        },
    ),
    *_page("enterprise", "/enterprise", _EMPLOYER, **{"enterprise-correction": "/enterprise/correction"}),
    *_page(
        "declarations",
        "/declarations",
        _EMPLOYER,
        **{
            "declaration-new": "/declarations/new",
            "declaration": "/declarations/{declaration_id}",
            "declaration-form": "/declarations/{declaration_id}/{section}",
        },
    ),
    *_page(
        "declaration_reviews",
        "/declaration-reviews",
        _CLAIMS,
        **{
            "declaration-review": "/declaration-reviews/{declaration_id}",
            "declaration-standing": "/declaration-employers/{employer_id}",
        },
    ),
    *_page(
        "declaration_group",
        "/declaration-group",
        _EMPLOYER,
        **{
            "declaration-group-sheet": "/declaration-group/sheet",
            "declaration-group-member": "/declaration-group/members/{member_id}",
            "declaration-group-new": "/declaration-group/members/{member_id}/new",
            "declaration-group-form": "/declaration-group/members/{member_id}/{section}",
        },
    ),
    *_page("group_memberships", "/group-memberships", frozenset({_P.HAZARD_DECLARATION, _P.DECLARATION_REVIEW})),
    *_page("declaration_deadlines", "/declaration-due", _CLAIMS),
    *_page("work_calendar", "/work-calendar", _CLAIMS | _ADMINISTRATORS),
    *_page("declaration_regions", "/declaration-regions", _OVERSEERS),
    *_page("legacy_imports", "/legacy-imports", _ADMINISTRATORS, **{"legacy-import": "/legacy-imports/{import_id}"}),
    *_page("legacy_rows", "/legacy-rows", _CLAIMS | _ADMINISTRATORS),
    *_page("stand_ins", "/stand-ins", _CLAIMS),
    *_page("review_flags", "/review-flags", _OVERSEERS),
    *_page("review_orders", "/review-orders", _CLAIMS),
    *_page(
        "declaration_statistics",
        "/declaration-statistics",
        _CLAIMS,
        **{"declaration-figure-units": "/declaration-statistics/units"},
    ),
    *_page("claims", "/claims", _CLAIMS, case="/claims/{case_id}"),
    *_page("requests", "/requests", _MANAGERS, request="/requests/{case_id}"),
    *_page("applications", "/applications", _MANAGERS, application="/applications/{application_id}"),
    *_page(
        "accounts", "/accounts", _MANAGERS, **{"account-open": "/accounts/new", "account": "/accounts/{account_id}"}
    ),
    *_page("access_checks", "/access-checks", _MANAGERS),
    *_page("organisations", "/organisations", _MANAGERS, organisation="/organisations/{organisation_id}"),
    *_page(
        "broadcasts",
        "/broadcasts",
        frozenset({_P.MASS_NOTICE}),
        **{
            "broadcast-new": "/broadcasts/new",
            "broadcast": "/broadcasts/{broadcast_id}",
            "broadcast-recipients": "/broadcasts/{broadcast_id}/recipients",
        },
    ),
    *_page(
        "deliveries",
        "/deliveries",
        _DELIVERIES,
        delivery="/deliveries/{delivery_id}",
        unreached="/unreached",
        **{"account-texts": "/account-texts"},
    ),
    *_page(
        "class_types",
        "/class-types",
        _ADMINISTRATORS,
        **{"class-type": "/class-types/{type_code}", "specialties": "/specialties"},
    ),
    *_page(
        "message_templates",
        "/message-templates",
        _ADMINISTRATORS,
        **{"message-template": "/message-templates/{kind}"},
    ),
    *_page(
        "personnel_dictionaries",
        "/personnel-dictionaries",
        _ADMINISTRATORS,
        duties="/personnel-dictionaries/duties",
    ),
    *_page("audit", "/audit", _ADMINISTRATORS),
    *_page("long_work", "/long-work", _ADMINISTRATORS),
    *_page("standing", "/standing", _ADMINISTRATORS),
    *_page("regions", "/regions", _MANAGERS | _ADMINISTRATORS),
)
_PARAMETER = re.compile(r"\{\w+\}")
BY_NAME: Mapping[str, Address] = MappingProxyType({address.name: address for address in ADDRESSES})


def address(name: str, /, *ids: object, **query: object) -> str:
    """The path of the page ``name``: ``ids`` are its parameters in their order, ``query`` what stands behind the question mark, without
    what is None. ``KeyError`` for a name that the table has not, ``ValueError`` for too few or too many parameters."""
    parts = _PARAMETER.split(BY_NAME[name].path)
    if len(ids) != len(parts) - 1:
        raise ValueError(f"{name} takes {len(parts) - 1} parameters, not {len(ids)}")
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    path = parts[0] + "".join(f"{quote(str(each), safe='')}{part}" for each, part in zip(ids, parts[1:], strict=True))
    return f"{path}?{asked}" if asked else path


def pattern(name: str, /, **query: str) -> str:
    """The same, to be filled in by ``str.format``: parameters are called as the table calls them, each of ``query`` as its value says."""
    asked = "&".join(f"{key}={{{field}}}" for key, field in query.items())
    return BY_NAME[name].path + (f"?{asked}" if asked else "")
