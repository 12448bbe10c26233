"""Writes that a use case puts together, so that they travel as one statement."""

from rcm.database.rows import Write, inserting, updating, write_together

__all__ = ["Write", "inserting", "updating", "write_together"]
