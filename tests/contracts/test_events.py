"""Events are declared once, keep their shape, and are heard by exactly those who say so."""

import json
from pathlib import Path

import pytest

from ops.catalogue import HANDLERS
from shared.crypto import Sealed
from shared.events.alarms import ALARMS
from shared.events.base import Event
from shared.events.subscriptions import SUBSCRIPTIONS, producer_of
from shared.services import Service

SNAPSHOT = Path(__file__).parent / "snapshots" / "events.json"
NAMES = {"resident_id", "phone", "mobile", "recipient_phone", "contact_mobile", "email"}


def declared() -> set[type[Event]]:
    """Every event that has a type of its own."""
    found, queue = set(), [Event]
    while queue:
        for kind in queue.pop().__subclasses__():
            queue.append(kind)
            if "type" in vars(kind) and kind.__module__.startswith("shared.events."):
                found.add(kind)
    return found


class TestEvents:
    def test_every_event_is_on_the_map(self) -> None:
        assert declared() == set(SUBSCRIPTIONS)

    def test_each_type_is_one_event_of_a_known_service(self) -> None:
        types = [event.type for event in SUBSCRIPTIONS]
        assert len(types) == len(set(types))
        for event in SUBSCRIPTIONS:
            # A producer with many has a second file, named after it; what every service tells alike stands in one.
            file = event.__module__.removeprefix("shared.events.").partition("_")[0]
            assert file == producer_of(event) or event in ALARMS.values()

    @pytest.mark.parametrize("service", list(Service))
    def test_subscriptions_are_the_handlers(self, service: Service) -> None:
        assert set(HANDLERS[service]) == {event for event, readers in SUBSCRIPTIONS.items() if service in readers}

    def test_the_shape_is_the_reviewed_one(self) -> None:
        """A changed field is a new version of the event, beside the old one: logs keep what was written."""
        shapes = {event.type: event.model_json_schema() for event in SUBSCRIPTIONS}
        assert json.loads(SNAPSHOT.read_text("utf-8")) == json.loads(json.dumps(shapes)), "run: make write"

    @pytest.mark.req("PLAT-05")
    def test_no_resident_id_and_no_phone_in_clear(self) -> None:
        for event in SUBSCRIPTIONS:
            for name, field in event.model_fields.items():
                if name in NAMES:
                    assert field.annotation in {Sealed, Sealed | None}, f"{event.type}.{name}"
