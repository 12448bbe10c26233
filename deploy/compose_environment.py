"""Writes `.env` for docker-compose.yml: a password of this machine's own for PostgreSQL and for each service. Once."""

import os
import secrets
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / ".env"
NAMES = (
    "POSTGRES_PASSWORD",
    "RCM_CODING_PASSWORD",
    "RCM_CLAIMS_PASSWORD",
    "RCM_PAYMENTS_PASSWORD",
    "RCM_PATIENT_BILLING_PASSWORD",
    "RCM_ADAPTER_PASSWORD",
)


def main() -> None:
    """Keeps what is there, adds what is missing; only its user may read it."""
    kept = FILE.read_text() if FILE.exists() else ""
    there = {line.partition("=")[0] for line in kept.splitlines()}
    added = "".join(f"{name}={secrets.token_hex(24)}\n" for name in NAMES if name not in there)
    with os.fdopen(os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(kept + added)


if __name__ == "__main__":
    main()
