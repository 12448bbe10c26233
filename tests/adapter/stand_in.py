"""Stand-ins for claims-svc and payments-svc: what the adapter calls of their HTTP, and a record of what they were told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from rcm.ids import new_id

TYPE = "rcm.claims.SubmissionReady.v1"


@dataclass
class StandIn:
    """Both services in one: each effect counted once for its key, as the real ones do."""

    files: dict[UUID, bytes] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    transmissions: Counter[str] = field(default_factory=Counter)
    transmission_bodies: dict[str, list[bytes]] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    """Acknowledgements and remittances by path and sum: how often each was posted."""
    answer: dict[str, int] = field(default_factory=dict)
    """Statuses to answer with instead, by path."""
    retryable: bool = True
    """What those answers say of themselves."""
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """Paths that answer only when their event is set."""
    tokens: set[str] = field(default_factory=set)

    def ready(self, content: bytes, name: str = "") -> UUID:
        """A submission is ready, and the log says so."""
        submission_id = new_id()
        self.files[submission_id] = content
        data = {
            "submission_id": str(submission_id),
            "receiver_id": "RCMSANDBOX",
            "file_name": name or f"{submission_id}.837",
            "sha256": sha256(content).hexdigest(),
            "bytes": len(content),
            "claim_count": 1,
        }
        self.events.append(
            {"specversion": "1.0", "id": str(new_id()), "type": TYPE, "subject": str(submission_id), "data": data}
        )
        return submission_id

    def other_event(self) -> None:
        """Something that is of no interest to the adapter."""
        self.events.append({"specversion": "1.0", "id": str(new_id()), "type": "rcm.claims.ClaimSubmitted.v1", "data": {}})

    def problem(self, code: str, detail: str) -> bytes:
        """The body of a refusal."""
        return orjson.dumps({"code": code, "detail": detail, "retryable": self.retryable})

    def app(self) -> FastAPI:
        """The HTTP of both."""
        app = FastAPI()

        @app.get("/v1/events")
        async def page(request: Request, type: str, after: int = 0, limit: int = 100) -> dict[str, Any]:  # noqa: A002
            self.tokens.add(request.headers["authorization"])
            last = min(after + limit, len(self.events))
            events = [event for event in self.events[after:last] if event["type"] == type]
            return {"events": events, "cursor": str(last), "more": last < len(self.events)}

        @app.get("/v1/events/stream")
        async def stream(type: str, after: int) -> Response:  # noqa: A002
            frames = [
                f"id: {place}\nevent: {event['type']}\ndata: ".encode() + orjson.dumps(event) + b"\n\n"
                for place, event in enumerate(self.events[after:], after + 1)
                if event["type"] == type
            ]
            frames.append(f": beat\nid: {len(self.events)}\n\n".encode())

            async def pieces() -> AsyncIterator[bytes]:
                yield b": open\n\n"
                whole = b"".join(frames)
                for start in range(0, len(whole), 97):
                    yield whole[start : start + 97]

            return StreamingResponse(pieces(), media_type="text/event-stream")

        @app.get("/v1/submissions/{submission_id}/file")
        async def file(submission_id: UUID) -> Response:
            return Response(self.files[submission_id], media_type="application/edi-x12")

        @app.post("/v1/submissions/{submission_id}/transmissions")
        async def transmitted(submission_id: UUID, request: Request) -> Response:
            status = self.answer.get("transmissions", 201)
            if status < 300:
                self.transmissions[str(submission_id)] += 1
                self.transmission_bodies.setdefault(str(submission_id), []).append(await request.body())
            return Response(status_code=status, content=self.problem("conflict", "not now"))

        @app.post("/v1/{path}")
        async def take(path: str, request: Request) -> Response:
            body = await request.body()
            if path in self.slow:
                await self.slow[path].wait()
            status = self.answer.get(path, 201)
            assert request.headers["idempotency-key"] == sha256(body).hexdigest()
            if status < 300:
                self.taken[f"{path} {sha256(body).hexdigest()}"] += 1
            return Response(status_code=status, content=self.problem("not-x12", "This is no X12"))

        return app
