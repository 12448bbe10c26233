"""The use cases: load, decide, save, emit."""
