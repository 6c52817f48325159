"""How the tests are dealt to two processes: those of the one whole platform go to one of them, in which it is started once, and first,
because together they take longest; every other test goes wherever there is time.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# What the process that deals knows of a test is its address alone.
OF_THE_STACK = (
    "tests/browser/",
    "tests/contracts/test_raw_http.py",
    "tests/contracts/test_strangers.py",
    "tests/faults/",
    "tests/journeys/",
    "tests/ops/test_supervisor.py",
)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        return "stack" if nodeid.startswith(OF_THE_STACK) else nodeid


def check_places(items: list[pytest.Item]) -> None:
    """Raises for a test that would start a second platform in the other process."""
    strays = {
        item.nodeid
        for item in items
        if "stack" in getattr(item, "fixturenames", ()) and not item.nodeid.startswith(OF_THE_STACK)
    }
    if strays:
        raise pytest.UsageError(f"tests of the stack outside of OF_THE_STACK in tests/together.py: {sorted(strays)}")
