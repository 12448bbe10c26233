"""Commands that need no running service: a file's bytes in, one object for each thing in it out. `main.COMMANDS` names them."""
