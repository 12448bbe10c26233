"""How the tests are shared out among workers (`pytest -n 2`, as `make test` does): what takes longest begins first.

A file's tests stay together, in their order; so do those of the whole system that all of tests/conformance walks through.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/conformance/",)
LONGEST = ("tests/faults/", "tests/e2e/", "tests/conformance/", "tests/browser/", "tests/deploy/", "tests/payments/")


class Sharing(LoadScopeScheduling):  # type: ignore[misc] # it comes without types
    """Hands out files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # else the file with the most tests would begin
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        """What must run in one worker."""
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def longest_first(items: list[pytest.Item]) -> None:
    """A worker that is given minutes of work at the end keeps everybody waiting."""
    items.sort(key=lambda item: next((place for place, folder in enumerate(LONGEST) if item.nodeid.startswith(folder)), 99))
