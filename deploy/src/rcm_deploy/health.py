"""A container's health check: `python -m rcm_deploy.health` asks this container's own /readyz."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """0 when it is ready."""
    url = f"http://127.0.0.1:{os.environ.get('RCM_PORT', '8000')}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
