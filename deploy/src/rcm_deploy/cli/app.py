"""Every command of `rcm`, in one place."""

import typer

from rcm_deploy.cli import codes, dead_letters, demo, events, post, reconcile, token, up, x12

app = typer.Typer(
    help="The open revenue cycle: run it, feed it, watch it, check it.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.command("up")(up.up)
app.command("sign-in")(up.sign_in)
app.command("clean")(up.clean)
app.command("demo")(demo.demo)
app.command("token")(token.token)
app.command("post")(post.post)
app.command("reconcile")(reconcile.reconcile)
app.add_typer(codes.app, name="codes")
app.add_typer(events.app, name="events")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(x12.app, name="x12")
