"""`rcm x12`: reads, shows, splits, writes and checks X12 files of anybody's, without a running system."""

import typer

from rcm_deploy.cli.x12_read import read
from rcm_deploy.cli.x12_show import show, split_file
from rcm_deploy.cli.x12_validate import acknowledge, validate_file
from rcm_deploy.cli.x12_write import write

app = typer.Typer(help="Read, show, split, write and check X12 files.", no_args_is_help=True)
app.command()(read)
app.command("validate")(validate_file)
app.command("ack")(acknowledge)
app.command()(show)
app.command("split")(split_file)
app.command()(write)
