"""One whole system for all that walk through it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from rcm.tokens import make_signing_key
from rcm_deploy.demo.run import play
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import Running, remote
from tests.conformance.walk import ENCOUNTERS, PLACES, Known, Walker, own, parsed


@pytest.fixture(scope="session")
async def walker() -> AsyncIterator[Walker]:
    """A whole system in which one organisation's encounters went all the way to statements and payments."""
    with own_system(bus="direct") as system:
        running: Running = system.start()
        async with remote(system.data_folder) as connected:
            await play(connected, encounters=ENCOUNTERS, seed=3, progress=lambda _stage, _share: None)
        async with httpx.AsyncClient(timeout=120) as client:
            documents = {place: (await client.get(f"{running.urls[place]}/openapi.json")).json() for place in PLACES}
            yield Walker(running, make_signing_key(Path(running.keys)), client, documents)


@pytest.fixture(scope="session")
async def known(walker: Walker) -> Known:
    """What the organisation itself finds at its doors."""
    found = Known()
    for _ in range(2):
        for place, operation in walker.doors():
            if operation.method == "get" and "stream" not in operation.path:
                path, real = found.path(operation)
                status, text = await own(walker, place, operation, path)
                if real and status == 200 and text.startswith(("{", "[")):
                    found.learn(parsed(text))
    published = "".join(str(document) for document in walker.documents.values())
    found.secrets = {secret for secret in found.secrets if secret not in published}
    return found
