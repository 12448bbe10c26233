"""`rcm demo`: a whole revenue cycle on a system of its own."""

import asyncio
import signal
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from rcm_deploy.cli.output import AsJson, complaints, people, print_json, refuse
from rcm_deploy.demo.run import DemoRefusedError
from rcm_deploy.demo.whole import CHAOS, run_demo
from rcm_deploy.remote import NotRunningError


def demo(
    encounters: Annotated[int, typer.Option(min=1, help="How many encounters.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed plays the same encounters.")] = 1,
    bus: Annotated[str, typer.Option(help="direct or kafka.")] = "direct",
    chaos: Annotated[str, typer.Option(help="Any of kill, duplicate, reorder (direct only); commas between.")] = "",
    as_json: AsJson = False,
) -> None:
    """Runs generated encounters in a fresh system to quiescence and prints what became of them, as the last line."""
    kinds = [kind for kind in chaos.split(",") if kind]
    if bus not in CHAOS:
        raise typer.BadParameter(f"--bus is {' or '.join(CHAOS)}")
    if not set(kinds) <= set(CHAOS[bus]):
        raise typer.BadParameter(f"--chaos holds any of {', '.join(CHAOS[bus])} with --bus {bus}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left behind
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=complaints, transient=True)
    with bar:
        task = bar.add_task("start", total=1.0)
        try:
            result, kills = asyncio.run(
                run_demo(
                    encounters=encounters,
                    seed=seed,
                    bus=bus,
                    chaos=kinds,
                    progress=lambda stage, share: bar.update(task, description=stage, completed=share),
                )
            )
        except (NotRunningError, DemoRefusedError) as error:
            refuse(str(error))
    if kills:
        complaints.print(f"killed {kills.total()} times on the way: {', '.join(f'{n} {name}' for name, n in kills.items())}")
    if as_json:
        print_json(result)
    else:
        people.print(result)
    if not result["identity_holds"]:
        raise typer.Exit(1)
