"""`rcm up`, and its small companions: `rcm sign-in`, `rcm clean`."""

from pathlib import Path
from typing import Annotated

import typer

from rcm.identity import Role
from rcm.tokens import make_signing_key
from rcm_deploy.announce import sign_in_link
from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, complaints, people, print_json, refuse
from rcm_deploy.data_folder import AlreadyRunning, FolderUnusable, PortTaken
from rcm_deploy.data_folder import DataFolder as Folder
from rcm_deploy.jars import JarsMissing
from rcm_deploy.kafka import KafkaFailed
from rcm_deploy.launcher import Launcher, Options
from rcm_deploy.postgres import PostgresFailed
from rcm_deploy.practice import PracticeRefused
from rcm_deploy.programs import REPLACEABLE
from rcm_deploy.remote import NotRunningError, Running
from rcm_deploy.supervisor import PartFailed
from rcm_deploy.system_user import NoSystemUser

REFUSALS = (
    AlreadyRunning,
    FolderUnusable,
    PortTaken,
    NoSystemUser,
    PostgresFailed,
    KafkaFailed,
    JarsMissing,
    PartFailed,
    PracticeRefused,
    NotRunningError,
)
CHAOS = {"duplicate", "reorder"}
REPLACEABLE_PLACES = ", ".join(part.place for part in REPLACEABLE)


def up(
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    bus: Annotated[str, typer.Option(help="direct: services in one process. kafka: Kafka, and a process for each.")] = "direct",
    samples: Annotated[float, typer.Option(min=0, help="Sample encounters a second; 0: none.")] = 0.5,
    free_ports: Annotated[bool, typer.Option(help="Take free ports, once for the data folder.")] = False,
    simulation: Annotated[bool, typer.Option(help="Clocks can be set ahead through the API.")] = False,
    chaos: Annotated[str, typer.Option(help="What the direct bus does on purpose: duplicate,reorder.")] = "",
    chaos_seed: Annotated[int, typer.Option(help="The same seed, the same mischief.")] = 0,
    without: Annotated[
        str, typer.Option(help=f"Not started, as programs of yours stand in: any of {REPLACEABLE_PLACES}; commas between.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Starts the whole system on this machine and runs it until Ctrl-C; --json prints running.json when it is ready."""
    left_out = [place for place in without.split(",") if place]
    if not set(left_out) <= {part.place for part in REPLACEABLE}:
        raise typer.BadParameter(f"--without holds any of {REPLACEABLE_PLACES}")
    if bus not in ("direct", "kafka") or not {kind for kind in chaos.split(",") if kind} <= CHAOS:
        raise typer.BadParameter("--bus is direct or kafka; --chaos holds duplicate, reorder")
    options = Options(data_folder, bus, free_ports, simulation, samples, chaos, chaos_seed, left_out, as_json)
    try:
        Launcher(options, complaints if as_json else people).run()
    except REFUSALS as error:
        refuse(str(error))


def sign_in(
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    role: Annotated[Role, typer.Option(help="What the opener may see and do.")] = Role.ADMIN,
    as_json: AsJson = False,
) -> None:
    """Prints a fresh link that signs its opener in to the page, once and within ten minutes."""
    try:
        running = Running.read(data_folder)
    except NotRunningError as error:
        refuse(str(error))
    if "console" not in running.urls:
        refuse("this system was started without its console")
    link = sign_in_link(running.urls["console"], make_signing_key(Path(running.keys)), role)
    if as_json:
        print_json({"sign_in": link})
    else:
        people.print(link, markup=False, highlight=False, soft_wrap=True)


def clean(data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Forgets all data of a local system: its folder, and PostgreSQL's where that stands elsewhere."""
    try:
        removed = Folder(data_folder).forget()
    except AlreadyRunning as error:
        refuse(f"{error} Stop it first.")
    if as_json:
        print_json({"removed": [str(folder) for folder in removed]})
        return
    for folder in removed:
        people.print(f"Removed {folder}", markup=False, highlight=False)
    if not removed:
        people.print(f"There is nothing at {data_folder}", markup=False, highlight=False)
