"""`docker compose run --rm set-up python -m rcm_deploy.compose_sign_in`: a link that signs its opener in to the page."""

import sys

from rcm.tokens import make_signing_key
from rcm_deploy.announce import sign_in_link
from rcm_deploy.compose_setup import PRIVATE
from rcm_deploy.programs import CONSOLE

if __name__ == "__main__":
    sys.stdout.write(sign_in_link(f"http://127.0.0.1:{CONSOLE.port}", make_signing_key(PRIVATE)) + "\n")
