"""`rcm post`: encounters from files, in any of the three formats."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.progress import track

from rcm.identity import Role
from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, people, print_json, with_remote
from rcm_deploy.remote import Remote

HL7 = "application/hl7-v2"
FHIR = "application/fhir+json"
NDJSON = "application/x-ndjson"


def media_type(name: str, content: bytes) -> str:
    """What a file holds, told by its content and else by its name."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"MSH|") or name.endswith(".hl7"):
        return HL7
    if name.endswith((".ndjson", ".jsonl")):
        return NDJSON
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "application/json"
    return FHIR if isinstance(value, dict) and "resourceType" in value else "application/json"


def post(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="JSON, NDJSON, FHIR R4 or HL7 v2 DFT files.")
    ],
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Posts each file to the coding service and says what came of it; exit 1 when any was refused."""

    contents = [(file, file.read_bytes()) for file in files]

    async def post_all(remote: Remote) -> list[dict[str, Any]]:
        shown = track(contents, "posting", disable=as_json or len(files) < 4)
        return [await _post_one(remote, file, content) for file, content in shown]

    results = with_remote(data_folder, post_all)
    for result in results:
        if as_json:
            print_json(result)
        else:
            refused = result["refused"]
            told = f"{result['file']}: {result['status']}" + (f", {refused} refused" if refused else "")
            people.print(told, style="red" if refused else "green", markup=False)
            answer = result["answer"]
            lines = answer.replace("\r", "\n").rstrip() if isinstance(answer, str) else answer
            people.print(lines, markup=False)
    if any(result["refused"] for result in results):
        raise typer.Exit(1)


def refusals(status: int, answer: Any) -> int:
    """How many encounters of one answer were refused: a batch and a bundle are answered 200 with a result for each."""
    if status >= 300:
        return 1
    if not isinstance(answer, dict):
        return 0
    if "refused" in answer:
        return int(answer["refused"])
    statuses = [entry["response"]["status"] for entry in answer.get("entry", ()) if "response" in entry]
    return sum(not status.startswith("2") for status in statuses)


async def _post_one(remote: Remote, file: Path, content: bytes) -> dict[str, Any]:
    kind = media_type(file.name, content)
    path = "/v1/encounters/batch" if kind == NDJSON else "/v1/encounters"
    response = await remote.call("POST", "coding", path, role=Role.EHR, content=content, headers={"Content-Type": kind})
    answer: Any = response.text
    if "json" in response.headers.get("content-type", "") and "ndjson" not in response.headers["content-type"]:
        answer = response.json()
    status = response.status_code
    return {
        "file": str(file),
        "media_type": kind,
        "status": status,
        "refused": refusals(status, answer),
        "answer": answer,
    }
