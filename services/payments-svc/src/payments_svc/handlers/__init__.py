"""Use cases: load once, decide in memory, save once, say what happened. They never commit."""
