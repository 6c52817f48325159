"""How the tests are dealt to processes: those of a whole platform by file and first, because they take longest, so that each process
starts one platform and none has them all; every other test goes wherever there is time.
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
        return nodeid.partition("::")[0] if nodeid.startswith(OF_THE_STACK) else nodeid


def check_places(items: list[pytest.Item]) -> None:
    """Raises for a test that would need a platform late, when a process may not have started one."""
    strays = {
        item.nodeid
        for item in items
        if "stack" in getattr(item, "fixturenames", ()) and not item.nodeid.startswith(OF_THE_STACK)
    }
    if strays:
        raise pytest.UsageError(f"tests of the stack outside of OF_THE_STACK in tests/together.py: {sorted(strays)}")
