"""Every route that answers with a file, or with a field that may hold a resident id or a phone, says here what of it is in clear, and
where a look at it is remembered (PLAT-05). A route that stands in no list, or in two, fails.
"""

import re
import typing
from collections import Counter

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from services.certificates.exports.tables import EXPORTS as REGISTERS
from services.declaration.clock.export_endpoints import EXPORTS as OF_CLOCK
from services.declaration.figures.export_endpoints import EXPORTS as OF_FIGURES
from services.declaration.groups.export_endpoints import EXPORTS as OF_GROUPS
from services.declaration.legacy.export_endpoints import EXPORTS as OF_LEGACY
from services.declaration.orders.export_endpoints import EXPORTS as OF_ORDERS
from services.declaration.reviews.export_endpoints import EXPORTS as OF_DECLARATIONS
from services.training.classes.progress.export_endpoints import EXPORTS as OF_PROGRESS
from services.training.classes.waiting.export_endpoints import EXPORTS as OF_WAITING
from services.training.desk.exports.tables import EXPORTS as OF_DESK
from services.training.desk.identities.export_endpoints import EXPORTS as OF_IDENTITIES
from services.training.enrolment.late_entries.export_endpoints import EXPORTS as OF_LATE_ENTRIES
from services.training.results.attendance.export_endpoints import EXPORTS as OF_ATTENDANCE
from shared.db.migrations import ROOT
from shared.services import Service
from tests.contracts.test_routes import ALL, name_of

OF_DECLARATION = (*OF_DECLARATIONS, *OF_LEGACY, *OF_GROUPS, *OF_FIGURES, *OF_ORDERS, *OF_CLOCK)
EXPORTS = (*OF_DESK, *OF_LATE_ENTRIES, *OF_WAITING, *OF_ATTENDANCE, *OF_PROGRESS, *OF_IDENTITIES)
NUMBERS = re.compile(r"resident_id$|phone|mobile")
# Fields of answers, by what they hold. In clear: of a person; whoever is answered with one is remembered.
CLEAR = {
    *(f"ApplicationDraft.{name}" for name in ("contact_phone", "phone", "resident_id", "unit_phone")),
    "ApplicationRead.form",
    "CertificateRead.resident_id",
    "ContactPhone.contact_phone",
    "UnitContact.contact_phone",
    *(f"IdentityCorrectionRead.{name}_resident_id" for name in ("old", "new")),
    *(f"RegistrationRead.{name}" for name in ("recipient_phone", "resident_id")),
    *(f"ReviewOpened.{name}" for name in ("mobile", "recipient_phone", "resident_id")),
    *(f"StaffMemberRead.{name}" for name in ("mobile", "resident_id")),
}
MASKED = {
    *(f"{model}.phone" for model in ("AccountAccess", "AccountListItem", "AccountRead", "OwnAccount", "SettingsRead")),
    *(f"{model}.phone" for model in ("CaseBeside", "CaseFiled", "CaseProgress", "CaseRead", "PhoneRead")),
    "TextListItem.phone",
    *(f"{model}.phone" for model in ("CodeSent", "PhoneCodeSent", "RecoveryCodeSent")),
    "PhoneCodeSent.old_phone",
    *(f"{model}.phone_hint" for model in ("AccountHint", "UnitHint")),
    *(f"{model}.contact_phone" for model in ("LegacyBasics", "OrganisationDetail")),
    *(f"{model}.resident_id" for model in ("CertificateListItem", "CheckedCertificate", "ReviewListItem")),
    *(f"{model}.resident_id" for model in ("StaffMemberListItem", "TransferRead")),
    *(f"{model}.mobile" for model in ("ReviewListItem", "StaffMemberListItem")),
    *(f"IdentityCorrectionListItem.{name}_resident_id" for name in ("old", "new")),
    "RosterPerson.recipient_phone",
}
# What a unit says of itself and reads again; masked for everybody else.
OWN = {"DeclarationRead.contact_phone", "EmployerRead.contact_phone", "FilingRead.contact_mobile"}
# Of offices, told to whoever has to call them.
PUBLISHED = {
    *(
        f"{model}.phone"
        for model in ("FilingRead", "Holder", "OrganisationDetail", "OrganisationListItem", "OrganisationRead")
    ),
    *(f"{model}.contact_phone" for model in ("PlanHeader", "PlanRead")),
}
A, C, D, N, T = (f"/api/{service}" for service in ("auth", "certificates", "declaration", "notifications", "training"))
APPLICATION, CASE = f"{A}/applications/by-number/{{number}}", f"{A}/cases/by-number/{{number}}"
PERSON, REGISTRATION, FILE = f"{T}/personnel/{{staff_id}}", f"{T}/registrations", "attachments/{attachment_id}"

# Whoever fetches it stands in the history of the record, with address and what was shown.
REMEMBERED = {
    f"GET {D}/jobs/{{job_id}}/file",
    f"GET {D}/legacy-imports/{{import_id}}/annotated",
    f"GET {A}/applications/{{application_id}}",
    f"GET {A}/applications/{{application_id}}/{FILE}",
    *(f"GET {APPLICATION}/{part}" for part in ("form", "form.pdf", FILE)),
    *(f"GET {case}/{FILE}" for case in (f"{A}/cases/{{case_id}}", CASE)),
    *(f"GET {C}/certificates/{{certificate_id}}{end}" for end in ("", "/pdf", "/editions/{edition}/pdf")),
    *(f"GET {service}/jobs/{{job_id}}/file" for service in (A, C, D, N, T)),
    f"GET {D}/declarations/{{declaration_id}}/contact-phone",
    f"GET {D}/due-dates/{{due_id}}/contact",
    f"GET {D}/{FILE}",
    *(f"GET {T}/{part}" for part in (FILE, "personnel/{staff_id}", "reviews/{registration_id}")),
    f"GET {REGISTRATION}/{{registration_id}}",
    f"GET {T}/class-sessions/{{class_session_id}}/full-roster.xlsx",
    f"GET {T}/identity-corrections/{{correction_id}}",
    f"POST {T}/personnel/look-up",
    f"POST {T}/reviews/{{registration_id}}/open",
}
# The answer to a change, which is itself in the history of the record; a change of nothing is remembered as a look.
CHANGED = {
    f"PATCH {APPLICATION}/form",
    *(f"POST {APPLICATION}/{action}" for action in ("submit", "withdraw")),
    *(f"POST {A}/applications/{{record_id}}/{action}" for action in ("open", "return", "refuse")),
    *(f"POST {C}/certificates/{{record_id}}/{action}" for action in ("issue_anew", "retry", "revoke")),
    *(f"PATCH {path}" for path in (PERSON, f"{REGISTRATION}/{{registration_id}}")),
    *(f"PUT {PERSON}/{part}" for part in ("departments", "attachments/{kind}")),
    f"POST {T}/identity-corrections",
    *(f"POST {T}/identity-corrections/{{record_id}}/{action}" for action in ("accept", "decline", "withdraw")),
    f"POST {T}/personnel",
    *(f"POST {T}/personnel/{{record_id}}/{action}" for action in ("leave", "resume")),
    *(
        f"POST {REGISTRATION}/{{record_id}}/{action}"
        for action in ("submit", "cancel", "request_return", "decline_request", "grant_correction")
    ),
    *(f"POST {REGISTRATION}/{{record_id}}/{action}" for action in ("approve", "return", "undo_review")),
}
# Files that show nobody's number: forms to fill in, lists with masked numbers, notices with masked ones, the public check, dictionaries.
NOBODYS = {
    "GET /metrics",
    *(f"GET /internal/{service}/metrics" for service in Service),
    *(f"{method} /check-in" for method in ("GET", "POST")),
    *(f"{method} /verify" for method in ("GET", "POST")),
    *(f"{method} /verify/by-number" for method in ("GET", "POST")),
    *(f"GET /api/{service}/vocabulary" for service in Service),
    "GET /verify/{token}",
    *(f"{method} {N}/unsubscribe/{{token}}" for method in ("GET", "POST")),
    f"POST {N}/receipts/{{provider}}/{{token}}",
    # Days of a unit, and one's own messages: no number of anybody.
    f"GET {N}/calendar.ics",
    f"GET {N}/messages/stream",
    "GET /dev/messages",
    f"GET {A}/applications/blank-form.pdf",
    *(f"GET {path}/notice.pdf" for path in (f"{A}/cases/{{case_id}}", CASE)),
    *(f"GET {A}/exports/{name}.xlsx" for name in ("accounts", "applications", "cases", "organisations", "texts")),
    *(f"GET {N}/exports/{name}.xlsx" for name in ("broadcasts", "deliveries", "messages", "recipients", "unreached")),
    *(f"GET {A}/regions{end}" for end in ("", "/search")),
    f"GET {C}/signing-certificate/chain.pem",
    f"GET {C}/templates/{{kind}}/{{version}}/preview",
    f"POST {C}/bundles",
    f"GET {D}/hazard-factors",
    *(f"GET {D}/declarations/{{declaration_id}}/{paper}.pdf" for paper in ("form", "receipt")),
    # Without the branches' phones and secret products; and what the caller has just sent, given back.
    f"GET {D}/group-sheet/template",
    f"POST {D}/group-sheet/annotated",
    f"GET {T}/calendar.ics",
    f"GET {T}/class-sessions/{{class_session_id}}/check-ins",
    *(f"GET {T}/class-sessions/{{class_session_id}}/{file}" for file in ("roster.xlsx", "sign-in-sheet.pdf")),
    *(f"GET {T}/exports/{export.name}.xlsx" for export in EXPORTS),
    *(f"GET {C}/exports/{export.name}.xlsx" for export in REGISTERS),
    *(f"GET {D}/exports/{export.name}.xlsx" for export in OF_DECLARATION),
    # As the history has them, masked.
    *(f"GET /api/{service}/exports/audit.xlsx" for service in Service),
    f"GET {T}/personnel-dictionaries",
    f"GET {T}/selections/{{plan_id}}/seats",
    f"GET {T}/personnel-import/template",
    # What the caller has just sent, given back to him.
    f"POST {T}/personnel-import/annotated",
    *(f"GET {T}/score-sheets/{{sheet_id}}/{part}" for part in ("template", "pdf")),
    f"GET {T}/results/{{class_session_id}}/pdf",
}
# From one service to another, for printing: who is shown the page is remembered where it is fetched.
INTERNAL = {
    "GET /internal/training/photos/{attachment_id}",
    "GET /internal/certificates/forms/{kind}/{source_id}/{revision}",
}


def models(kind: object, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Every model that a value of this type may hold."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            models(field.annotation, seen)
    for part in typing.get_args(kind):
        models(part, seen)
    return seen


def numbers(route: APIRoute) -> set[str]:
    """Fields of its answer that may hold a number, as ``Model.field``."""
    named = {f"{model.__name__}.{name}" for model in models(route.response_model, set()) for name in model.model_fields}
    return {field for field in named if NUMBERS.search(field)} | named & CLEAR


def is_file(route: APIRoute) -> bool:
    answer = typing.get_type_hints(route.endpoint).get("return")
    return isinstance(answer, type) and issubclass(answer, Response)


ROUTES = [route for _, route in ALL]


@pytest.mark.req("PLAT-05")
class TestLooks:
    def test_every_number_in_an_answer_has_its_kind(self) -> None:
        kinds = Counter([*CLEAR, *MASKED, *OWN, *PUBLISHED])
        assert {field for route in ROUTES for field in numbers(route)} == set(kinds)
        assert max(kinds.values()) == 1

    def test_whoever_is_shown_one_in_clear_or_a_file_is_remembered(self) -> None:
        kinds = Counter([*REMEMBERED, *CHANGED, *NOBODYS, *INTERNAL])
        assert {name_of(route) for route in ROUTES if is_file(route) or numbers(route) & CLEAR} == set(kinds)
        assert max(kinds.values()) == 1
        assert not [
            name for route in ROUTES if numbers(route) & CLEAR and (name := name_of(route)) in NOBODYS | INTERNAL
        ]

    def test_uploads_go_out_by_one_door(self) -> None:
        """Which remembers the look; certificates fetches photos by another, for printing."""
        other = re.compile(r"storage\.(get|open)\((\w+)\.storage_key")
        found = {
            str(path.relative_to(ROOT))
            for path in (*ROOT.glob("services/**/*endpoints.py"), *ROOT.glob("shared/web/*.py"))
            if other.search(path.read_text())
        }
        assert found == {"shared/web/downloads.py", "services/training/desk/attachments/photo_endpoints.py"}
