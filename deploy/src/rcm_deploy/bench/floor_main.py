"""A process of the floor: `python -m rcm_deploy.bench.floor_main SETTINGS`, all hops on the direct bus or one hop on Kafka."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
import uvicorn
import uvloop
from fastapi import FastAPI, Request, Response

from rcm_deploy.bench.floor import HOPS, TAKE, Carrier, GroupCommit, Hop, Said, Shape, open_hop
from rcm_deploy.children import go_first


class Settings(msgspec.Struct):
    """What a process of the floor is told."""

    admin_url: str
    port: int
    bus: str
    hop: int
    """On Kafka: which hop this process is; 0 has the HTTP in front."""
    bootstrap: str
    shape: Shape


class Direct:
    """Hands a batch to the next hop in this process."""

    def __init__(self, following: Hop | None) -> None:
        self._following = following

    async def carry(self, events: Sequence[Said]) -> None:
        if self._following is not None and events:
            await self._following.consume(events)


class ToKafka:
    """Hands a batch to the next hop's process."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        from aiokafka import AIOKafkaProducer  # noqa: PLC0415  # only the Kafka floor needs it

        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all")
        self._topic = topic
        self._started = False

    async def carry(self, events: Sequence[Said]) -> None:
        if not self._started:
            await self._producer.start()
            self._started = True
        sent = [
            await self._producer.send(
                self._topic, event.body.encode(), key=event.key.bytes, headers=[("ce_id", event.event_id.bytes)]
            )
            for event in events
        ]
        await asyncio.gather(*sent)


async def create_topics(bootstrap: str) -> None:
    """A topic between each hop and the next."""
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: PLC0415  # only the Kafka floor needs it

    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(f"floor.{hop}", num_partitions=1, replication_factor=1) for hop in range(HOPS)])
    finally:
        await admin.close()


async def take_from_kafka(bootstrap: str, topic: str, hop: Hop) -> None:
    """The consumer of one hop: offsets are committed after the database."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415  # only the Kafka floor needs it

    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=f"floor-{hop.number}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    while True:
        batches = await consumer.getmany(timeout_ms=1000, max_records=TAKE)
        records = [record for batch in batches.values() for record in batch]
        if records:
            await hop.consume(
                [Said(UUID(bytes=dict(r.headers)["ce_id"]), UUID(bytes=r.key), r.value.decode()) for r in records]
            )
            await consumer.commit()


def front(settings: Settings) -> FastAPI:
    """The app of the process: intake where hop 0 is here, and how far encounters have come."""
    here = range(HOPS) if settings.bus == "direct" else [settings.hop]
    hops: dict[int, Hop] = {}
    groups: list[GroupCommit] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for number in here:
            hops[number] = await open_hop(settings.admin_url, number, settings.shape)
        tasks = []
        for number, hop in hops.items():
            carrier: Carrier = Direct(hops.get(number + 1))
            if settings.bus == "kafka":
                carrier = ToKafka(settings.bootstrap, f"floor.{number}")
                if number:
                    tasks.append(asyncio.create_task(take_from_kafka(settings.bootstrap, f"floor.{number - 1}", hop)))
            tasks.append(asyncio.create_task(hop.relay(carrier)))
        if 0 in hops:
            groups.append(GroupCommit(hops[0].intake))
            tasks.append(asyncio.create_task(groups[0].run()))
        gc.freeze()
        gc.set_threshold(200_000, 20, 50)
        yield
        for task in tasks:
            task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/encounters")
    async def post_encounters(request: Request) -> Response:
        body = (await request.body()).decode()
        lines = body.split("\n") if request.headers["content-type"] == "application/x-ndjson" else [body]
        await groups[0].submit(lines, request.headers["idempotency-key"])
        return Response(b'{"state":"coded"}', 201, media_type="application/json")

    @app.get("/count")
    async def count() -> int:
        return hops[HOPS - 1].arrived

    return app


def main() -> None:
    """Runs until it is stopped."""
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    uvloop.install()
    if settings.bus == "direct":
        go_first()
    uvicorn.run(front(settings), port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
