"""`rcm reconcile`: do the services agree about every cent?"""

import typer
from rich.table import Table

from rcm.money import dollars
from rcm_deploy import reconcile as books
from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, people, print_json, with_remote


def reconcile(data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Compares the ledger with every other service, one by one; exit 1 and the differences where any is found."""
    found = with_remote(data_folder, books.reconcile)
    if as_json:
        print_json(books.as_json(found))
    elif not found:
        people.print("Clean: the ledger, coding, claims, remittances and patient accounts agree to the cent.", style="green")
    else:
        table = Table("what", "id", "ledger", "other", "says", title=f"{len(found)} differences")
        for difference in found:
            table.add_row(
                difference.what,
                difference.id,
                dollars(difference.ledger_cents),
                difference.other,
                dollars(difference.other_cents),
            )
        people.print(table)
    if found:
        raise typer.Exit(1)
