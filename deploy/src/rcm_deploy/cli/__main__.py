"""`python -m rcm_deploy.cli` is `rcm`."""

from rcm_deploy.cli.app import app

if __name__ == "__main__":
    app(prog_name="rcm")
