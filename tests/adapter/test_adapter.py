"""The adapter: whatever step it dies at, every file goes out once, every answer comes in once, and a refusal stays listed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

import httpx
import orjson
import pytest

from clearinghouse_adapter.accounts import Account, NoAccount, accounts_of
from clearinghouse_adapter.carrying import TELL_EVERY
from clearinghouse_adapter.desk import Desk
from clearinghouse_adapter.following import follow
from clearinghouse_adapter.incoming import IncomingAnswers
from clearinghouse_adapter.main import SCHEMA
from clearinghouse_adapter.models import Base
from clearinghouse_adapter.services import ServiceClient, Unreachable
from clearinghouse_adapter.settings import AdapterSettings
from clearinghouse_adapter.store import Store
from clearinghouse_adapter.transports import DirectoryTransport
from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.x12.acknowledgement import write_interchange_acknowledgement
from rcm.x12.remittance import write_remittances
from tests.adapter.stand_in import TYPE, StandIn
from tests.shared.x12 import generate_answers
from tests.support.live import ORGANISATION
from tests.support.models import differences
from tests.support.postgres import Databases

REMITTANCE = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(1), 2)])
TA1 = write_interchange_acknowledgement(generate_answers.HEADER, generate_answers.interchange_acknowledgement(Random(1)))


@contextlib.asynccontextmanager
async def carrying(way: IncomingAnswers) -> AsyncIterator[None]:
    """The way's own loop, running beside."""
    task = asyncio.create_task(way.carry())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class Killed(BaseException):
    """Stands for a SIGKILL at a step."""


@dataclass
class Adapter:
    """An adapter that can be killed and started again on the same database and mailbox."""

    services: StandIn
    database: Database
    mailbox: Path
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.again()

    def again(self, kill_at: str = "") -> Desk:
        """A new process: nothing is kept but the database and the mailbox."""
        account = Account(ORGANISATION, DirectoryTransport(self.mailbox), lambda: "token")
        settings = AdapterSettings(claims_url="http://services", payments_url="http://services")
        self.desk = Desk([account], settings, Store(self.database), SystemClock())
        self.desk._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.services.app()))
        out, back = self.desk.outgoing[ORGANISATION], self.desk.incoming[ORGANISATION]
        for client in (out._claims, *back._services.values()):
            client._http = self.desk._http
        out.at_step = back.at_step = self._dying(kill_at)
        return self.desk

    @staticmethod
    def _dying(kill_at: str) -> Callable[[str], None]:
        def step(name: str) -> None:
            if name == kill_at:
                raise Killed

        return step

    async def run(self) -> None:
        """Follows the log to its end, then carries everything as far as it goes."""
        out, back = self.desk.outgoing[ORGANISATION], self.desk.incoming[ORGANISATION]
        cursor = await self.desk.store.cursor(ORGANISATION, "claims-svc")
        async for told in follow(out._claims, cursor, TYPE):
            await out._keep(told)
        await out.carry_once()
        await back.carry_once()

    def from_payer(self, name: str, content: bytes) -> None:
        (self.mailbox / "outbound" / name).write_bytes(content)


@pytest.fixture
async def adapter(databases: Databases, tmp_path: Path) -> AsyncIterator[Adapter]:
    async with databases.fresh(SCHEMA) as urls:
        database = await Database.open(urls.worker_url)
        yield Adapter(StandIn(), database, tmp_path)
        await database.close()


async def test_models_are_what_the_migrations_make(databases: Databases) -> None:
    assert await differences(databases, SCHEMA, Base.metadata) == []


STEPS = ("put", "mark sent", "record", "mark recorded", "post", "keep answer", "archive")


@pytest.mark.parametrize("step", ["", *STEPS])
async def test_killed_at_any_step_nothing_is_lost_or_doubled(adapter: Adapter, step: str) -> None:
    services = adapter.services
    submissions = [services.ready(f"ISA{number}".encode(), f"F{number}.837") for number in range(3)]
    services.other_event()
    adapter.from_payer("835-1.x12", REMITTANCE)
    adapter.from_payer("ta1-1.x12", TA1)
    adapter.again(step)
    with contextlib.suppress(Killed):
        await adapter.run()
    adapter.again()
    await adapter.run()
    sent = {path.name: path.read_bytes() for path in (adapter.mailbox / "inbound").glob("*.837")}
    assert sent == {f"F{number}.837": f"ISA{number}".encode() for number in range(3)}
    assert set(services.transmissions) == {str(submission) for submission in submissions}
    for bodies in services.transmission_bodies.values():
        assert len(set(bodies)) == 1
    sums = {f"remittances {sha256(REMITTANCE).hexdigest()}", f"acknowledgements {sha256(TA1).hexdigest()}"}
    assert set(services.taken) == sums
    assert list((adapter.mailbox / "outbound").glob("*.x12")) == []
    assert await adapter.desk.flow() == (0, 0)


async def test_a_file_that_the_payer_took_already_is_not_put_again(adapter: Adapter) -> None:
    adapter.services.ready(b"ISA", "F.837")
    adapter.again("mark sent")
    with contextlib.suppress(Killed):
        await adapter.run()
    archive = adapter.mailbox / "inbound" / "archive"
    archive.mkdir()
    (adapter.mailbox / "inbound" / "F.837").rename(archive / "F.837")
    adapter.again()
    await adapter.run()
    assert list((adapter.mailbox / "inbound").glob("*.837")) == []
    assert sum(adapter.services.transmissions.values()) == 1


@pytest.mark.parametrize("status", [500, 503, 401, 409, 429])
async def test_what_can_pass_is_tried_again(adapter: Adapter, status: int) -> None:
    services = adapter.services
    services.ready(b"ISA", "F.837")
    adapter.from_payer("835-1.x12", REMITTANCE)
    services.answer |= {"remittances": status, "transmissions": status}
    await adapter.run()
    assert await adapter.desk.flow() == (2, 0)
    services.answer.clear()
    await adapter.run()
    assert await adapter.desk.flow() == (0, 0)
    assert sum(services.transmissions.values()) == sum(services.taken.values()) == 1


async def test_a_conflict_that_will_not_pass_is_refused(adapter: Adapter) -> None:
    services = adapter.services
    services.ready(b"ISA", "F.837")
    adapter.from_payer("835-1.x12", REMITTANCE)
    services.answer |= {"remittances": 409, "transmissions": 409}
    services.retryable = False
    await adapter.run()
    assert await adapter.desk.flow() == (0, 2)
    (refused,) = await adapter.desk.store.list_outgoing(ORGANISATION, "refused", None, 10)
    assert (refused.status, refused.reason) == (409, "conflict: not now")


@pytest.mark.parametrize("status", [401, 403, 503])
async def test_what_waits_says_why_in_the_list_the_flow_and_the_log(
    adapter: Adapter, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    services = adapter.services
    services.ready(b"ISA", "F.837")
    adapter.from_payer("835-1.x12", REMITTANCE)
    services.answer |= {"remittances": status, "transmissions": status}
    await adapter.run()
    for _ in range(TELL_EVERY):
        await adapter.desk.outgoing[ORGANISATION].carry_once()
    (out,) = await adapter.desk.store.list_outgoing(ORGANISATION, "sent", None, 10)
    (back,) = await adapter.desk.store.list_incoming(ORGANISATION, "fetched", None, 10)
    assert (out.status, out.reason, back.status, back.reason) == (
        status,
        "conflict: not now",
        status,
        "not-x12: This is no X12",
    )
    waits = {(wait.status, wait.reason): wait.tries for wait in adapter.desk.waits(ORGANISATION)}
    assert waits == {(status, "conflict: not now"): TELL_EVERY + 1, (status, "not-x12: This is no X12"): 1}
    told = [line for line in capsys.readouterr().out.splitlines() if "submission waits" in line]
    assert len(told) == 2
    assert all(f'"status":{status}' in line and "conflict: not now" in line for line in told)
    services.answer.clear()
    await adapter.run()
    assert adapter.desk.waits(ORGANISATION) == []
    (out,) = await adapter.desk.store.list_outgoing(ORGANISATION, "recorded", None, 10)
    assert (out.status, out.reason) == (None, "")


async def test_a_slow_service_holds_up_nothing_else(adapter: Adapter) -> None:
    slow = adapter.services.slow["remittances"] = asyncio.Event()
    adapter.from_payer("835-1.x12", REMITTANCE)
    way = adapter.desk.incoming[ORGANISATION]
    async with asyncio.timeout(60), carrying(way):
        while not list((adapter.mailbox / "outbound" / "archive").glob("*")):
            adapter.from_payer("ta1-1.x12", TA1)
            await asyncio.sleep(0.01)
        assert {key.partition(" ")[0] for key in adapter.services.taken} == {"acknowledgements"}
        slow.set()
        while await way.waiting():  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0.01)
    assert {key.partition(" ")[0] for key in adapter.services.taken} == {"acknowledgements", "remittances"}


async def test_a_refusal_is_kept_listed_and_can_be_tried_again(adapter: Adapter) -> None:
    services = adapter.services
    submission = services.ready(b"ISA", "F.837")
    adapter.from_payer("835-1.x12", REMITTANCE)
    adapter.from_payer("odd.txt", b"hello")
    services.answer |= {"remittances": 422, "transmissions": 422}
    await adapter.run()
    assert await adapter.desk.flow() == (0, 3)
    store = adapter.desk.store
    refused = {item.remote_name: item.reason for item in await store.list_incoming(ORGANISATION, "refused", None, 10)}
    assert refused == {"835-1.x12": "not-x12: This is no X12", "odd.txt": "not-x12: the file is no X12 interchange"}
    kept = adapter.mailbox / "outbound" / "refused"
    assert sorted(path.name for path in kept.iterdir()) == ["835-1.x12", "odd.txt"]
    services.answer.clear()
    assert await adapter.desk.retry_incoming(ORGANISATION, sha256(REMITTANCE).hexdigest())
    assert await adapter.desk.retry_outgoing(ORGANISATION, submission)
    await adapter.run()
    assert await adapter.desk.flow() == (0, 1)
    assert sum(services.transmissions.values()) == sum(services.taken.values()) == 1


async def test_the_same_answer_under_another_name_is_posted_with_the_same_key(adapter: Adapter) -> None:
    adapter.from_payer("835-1.x12", REMITTANCE)
    await adapter.run()
    adapter.from_payer("835-again.x12", REMITTANCE)
    await adapter.run()
    assert len(adapter.services.taken) == 1
    assert await adapter.desk.flow() == (0, 0)


async def test_a_changed_file_is_not_sent(adapter: Adapter) -> None:
    submission = adapter.services.ready(b"ISA", "F.837")
    adapter.services.files[submission] = b"ISA changed"
    await adapter.run()
    assert list((adapter.mailbox / "inbound").glob("*.837")) == []
    (refused,) = await adapter.desk.store.list_outgoing(ORGANISATION, "refused", None, 10)
    assert refused.reason.startswith("wrong-sum")


async def test_the_stream_is_followed_from_where_it_broke_off(adapter: Adapter) -> None:
    services = adapter.services
    services.ready(b"1")
    client = next(iter(adapter.desk.outgoing.values()))._claims
    first = [told async for told in follow(client, None, TYPE)]
    assert [len(told.events) for told in first if told.events] == [1]
    for _ in range(500):
        services.other_event()
    services.ready(b"2")
    later = [told async for told in follow(client, first[-1].cursor, TYPE)]
    assert sum(len(told.events) for told in later) == 1
    assert later[-1].cursor == "502"


async def test_a_service_that_is_away_is_waited_for() -> None:
    client = ServiceClient("claims-svc", httpx.AsyncClient(), "http://127.0.0.1:9", lambda: "token")
    with pytest.raises(Unreachable):
        await client.get("/v1/events")
    with pytest.raises(Unreachable):
        async with client.stream("/v1/events/stream", after="0"):
            pass
    await client._http.aclose()


def test_an_empty_setting_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RCM_KEYS", "RCM_ACCOUNTS", "RCM_ORGANISATION_ID"):
        monkeypatch.setenv(name, "")
    settings = AdapterSettings()
    assert (settings.keys, settings.accounts, settings.organisation_id) == (None, None, None)
    with pytest.raises(NoAccount):
        accounts_of(settings)


def test_accounts_from_a_file_speak_with_tokens_of_their_own(tmp_path: Path) -> None:
    token, accounts = tmp_path / "token", tmp_path / "accounts.json"
    token.write_text("first\n")
    entry = {"organisation_id": str(ORGANISATION), "mailbox": str(tmp_path / "mailbox"), "token_file": str(token)}
    accounts.write_bytes(orjson.dumps([entry]))
    (account,) = accounts_of(AdapterSettings(accounts=accounts))
    assert account.token() == "first"
    token.write_text("second")
    assert account.token() == "second"


@pytest.mark.parametrize("name", ["../out.837", "a/b", ".hidden", "", "a\\b", "a\0b"])
async def test_a_name_never_leaves_its_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain"):
        await DirectoryTransport(tmp_path).put(name, b"")
