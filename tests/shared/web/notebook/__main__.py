"""The notebook as a process of its own."""

from rcm.hosting import run_alone
from rcm.settings import PlatformSettings
from tests.shared.web.notebook.service import build

if __name__ == "__main__":
    run_alone(lambda _: build(), PlatformSettings())
