"""Every route names who may call it, or stands on the short public list."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from ops.catalogue import APPS
from services.certificates.checks.routing import FileRoute
from shared.services import Service
from shared.web.callers import CallerRule, internal_only
from shared.web.route import UnitOfWorkRoute
from shared.web.uploads import upload_of

# What anybody may call, and why it is safe: health says yes or no; signing in must be open; the check of a certificate is for the
# public and shows masked data; the certificates by which a signature is checked hold no secret; the catcher exists in the demo only; a
# picture check comes before anything that a stranger may do.
# Employers sign up by themselves: a code and an old account are had for a proof, companies are public knowledge, and what is asked while
# somebody types is counted by address. The regions are a dictionary that every form shows.
# What codes are called is the same for everybody.
# Who cannot sign in activates an account, changes its phone, recovers or unlocks it: by a token, a ticket or a code that was sent to the
# account's own phone, and each code is asked for with a proof. What a password must be like is no secret.
# Who cannot sign in files a case, with a proof and a code from the new phone; it is followed by a number that nobody guesses, which also
# gives the notice of its decision, with nothing of a person but masked numbers; its files are had, and the case taken back, with the key
# of whoever filed it.
# An application for an account is made by somebody without one: the form is public, creating and every code take a proof, the status is had
# by a number that nobody guesses and shows masked data, and everything else needs the application's own key.
# Who sits in a class checks in with the signed code on its wall, name and the end of the resident id; tries are counted, and every miss
# gets the same answer.
# Providers call back, mail programs end a kind of mail, and calendar programs read, at addresses that are secrets.
PUBLIC = {
    "GET /api/notifications/calendar.ics",
    "POST /api/notifications/receipts/{provider}/{token}",
    "GET /api/notifications/unsubscribe/{token}",
    "POST /api/notifications/unsubscribe/{token}",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    *(f"GET /api/{service}/{probe}" for service in Service for probe in ("healthz", "readyz")),
    *(f"GET /internal/{service}/metrics" for service in Service),
    *(f"GET /api/{service}/vocabulary" for service in Service),
    "GET /api/auth/challenge",
    "POST /api/auth/pictures",
    "POST /api/auth/pictures/answers",
    "POST /api/auth/sessions",
    "POST /api/auth/activations",
    "POST /api/auth/activations/by-code",
    "POST /api/auth/activations/codes",
    "POST /api/auth/activations/look",
    "GET /api/auth/password-policies",
    "POST /api/auth/phone-changes",
    "POST /api/auth/phone-changes/confirm",
    "POST /api/auth/recovery/accounts",
    "POST /api/auth/recovery/codes",
    "POST /api/auth/recovery/password",
    "POST /api/auth/recovery/sign-in",
    "POST /api/auth/unlocks",
    "POST /api/auth/unlocks/codes",
    "GET /api/auth/companies",
    "POST /api/auth/enterprises",
    "POST /api/auth/enterprises/checks",
    "POST /api/auth/enterprises/codes",
    "POST /api/auth/enterprises/legacy-matches",
    "POST /api/auth/registrations/lookups",
    "POST /api/auth/cases/codes",
    "POST /api/auth/cases/attachments",
    "POST /api/auth/cases/appeals",
    "POST /api/auth/cases/claims",
    "POST /api/auth/cases/credit-codes",
    "POST /api/auth/cases/resident-ids",
    "POST /api/auth/cases/phone-changes",
    "POST /api/auth/cases/enquiries",
    "GET /api/auth/cases/by-number/{number}",
    "GET /api/auth/cases/by-number/{number}/notice.pdf",
    "POST /api/auth/cases/by-number/{number}/withdraw",
    "GET /api/auth/cases/by-number/{number}/attachments",
    "POST /api/auth/cases/by-number/{number}/attachments",
    "GET /api/auth/cases/by-number/{number}/attachments/{attachment_id}",
    "GET /api/auth/applications/blank-form.pdf",
    "GET /api/auth/applications/form-definition",
    "POST /api/auth/applications",
    "POST /api/auth/applications/resume",
    "POST /api/auth/applications/resume-codes",
    "GET /api/auth/applications/by-number/{number}",
    "GET /api/auth/applications/by-number/{number}/form",
    "PATCH /api/auth/applications/by-number/{number}/form",
    "GET /api/auth/applications/by-number/{number}/form.pdf",
    *(
        f"POST /api/auth/applications/by-number/{{number}}/{part}"
        for part in ("attachments", "check", "codes", "form-pdf", "submit", "withdraw")
    ),
    "DELETE /api/auth/applications/by-number/{number}/attachments/{attachment_id}",
    "GET /api/auth/applications/by-number/{number}/attachments/{attachment_id}",
    "GET /api/auth/regions",
    "GET /api/auth/regions/search",
    "GET /api/auth/regions/{code}",
    "GET /verify",
    "POST /verify",
    "GET /verify/by-number",
    "POST /verify/by-number",
    "GET /verify/{token}",
    "POST /api/certificates/checks",
    "POST /api/certificates/checks/file",
    "GET /api/certificates/checks/{token}",
    "GET /api/certificates/signing-certificate",
    "GET /api/certificates/signing-certificate/chain.pem",
    "GET /dev/messages",
    "POST /dev/messages/sms",
    "POST /api/training/check-ins",
    "GET /check-in",
    "POST /check-in",
}
# Signing in and changing a password count wrong ones in units of work of their own, because a refused request keeps nothing. A
# picture is drawn and sealed, and stored nowhere. Signing up is like signing in, and while a code is checked the registry is asked.
# Whoever sets a password waits for argon2id without a connection. A certificate's file is read for seconds, and nothing of it is kept.
OWN_UNITS = {
    "POST /api/auth/activations",
    "POST /api/auth/activations/by-code",
    "POST /api/auth/cases/phone-changes",
    "POST /api/auth/me/phone",
    "PATCH /api/auth/me/settings",
    "POST /api/auth/me/tokens",
    "POST /api/auth/phone-changes",
    "POST /api/auth/phone-changes/confirm",
    "POST /api/auth/recovery/password",
    "POST /api/auth/recovery/sign-in",
    "POST /api/auth/enterprises",
    "POST /api/auth/enterprises/checks",
    "POST /api/auth/enterprises/declaration-accounts",
    "POST /api/auth/sessions",
    "POST /api/auth/password",
    "POST /api/auth/pictures",
    "POST /api/certificates/checks/file",
    "POST /verify",
}


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of every router that the app includes; the app itself holds only what has included them."""
    for entry in app.routes:
        router = getattr(entry, "original_router", None)
        yield from (route for route in (router.routes if router else [entry]) if isinstance(route, APIRoute))


def name_of(route: APIRoute) -> str:
    return f"{'/'.join(sorted(route.methods or ()))} {route.path}"


def rules(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from rules(inner)


def has_rule(route: APIRoute) -> bool:
    return any(isinstance(call, CallerRule) or call is internal_only for call in rules(route.dependant))


ALL = [(service, route) for service, app in APPS.items() for route in routes(app)]


@pytest.mark.req("PLAT-06")
class TestCallers:
    def test_every_route_names_its_caller_or_is_public(self) -> None:
        assert {name_of(route) for _, route in ALL if not has_rule(route)} == PUBLIC

    def test_internal_routes_ask_for_the_internal_credential(self) -> None:
        for _, route in ALL:
            if route.path.startswith("/internal/") and not route.path.endswith("/metrics"):
                assert internal_only in set(rules(route.dependant)), name_of(route)

    def test_every_route_stands_below_its_service(self) -> None:
        for service, route in ALL:
            if name_of(route) not in PUBLIC:
                assert route.path.startswith((f"/api/{service}/", f"/internal/{service}/")), name_of(route)


@pytest.mark.req("PLAT-07", "PLAT-17")
class TestFiles:
    def test_every_file_is_read_after_its_caller_was_and_before_a_unit_of_work(self) -> None:
        for _, route in ALL:
            upload = upload_of(route.dependant)
            if upload is not None:
                assert isinstance(route, UnitOfWorkRoute), name_of(route)
                assert has_rule(route) or upload.admit is not None, name_of(route)
            else:
                files = [each for each in taken(route.dependant) if each == UploadFile]
                assert not files or isinstance(route, FileRoute), name_of(route)


def taken(dependant: Dependant) -> Iterator[object]:
    """The types of what a route takes in its body."""
    yield from (field.field_info.annotation for field in dependant.body_params)
    for inner in dependant.dependencies:
        yield from taken(inner)


class TestShape:
    def test_every_operation_id_is_one_of_a_kind(self) -> None:
        names = [route.operation_id or route.unique_id for _, route in ALL if route.include_in_schema]
        assert sorted(names) == sorted(set(names))

    @pytest.mark.req("PLAT-11")
    def test_what_changes_something_is_a_unit_of_work(self) -> None:
        for _, route in ALL:
            if (route.methods or set()) - {"GET", "HEAD"} and not route.path.startswith("/dev/"):
                assert isinstance(route, UnitOfWorkRoute) or name_of(route) in OWN_UNITS, name_of(route)
