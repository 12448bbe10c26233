"""`rcm demo`: a whole revenue cycle on a system of its own."""

import asyncio
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from rcm_deploy.cli.output import AsJson, complaints, people, print_json, refuse
from rcm_deploy.demo.run import DemoRefusedError
from rcm_deploy.demo.whole import run_demo
from rcm_deploy.remote import NotRunningError

CHAOS = ("kill", "duplicate", "reorder")


def demo(
    encounters: Annotated[int, typer.Option(min=1, help="How many encounters.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed plays the same encounters.")] = 1,
    bus: Annotated[str, typer.Option(help="direct or kafka.")] = "direct",
    chaos: Annotated[str, typer.Option(help="Any of kill, duplicate, reorder; commas between.")] = "",
    as_json: AsJson = False,
) -> None:
    """Runs generated encounters in a fresh system to quiescence and prints what became of them, as the last line."""
    kinds = [kind for kind in chaos.split(",") if kind]
    if bus not in ("direct", "kafka") or not set(kinds) <= set(CHAOS):
        raise typer.BadParameter("--bus is direct or kafka; --chaos holds kill, duplicate, reorder")
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
        complaints.print(f"killed {kills} times on the way")
    if as_json:
        print_json(result)
    else:
        people.print(result)
    if not result["identity_holds"]:
        raise typer.Exit(1)
