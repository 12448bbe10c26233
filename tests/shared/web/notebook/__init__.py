"""A small service that has no business: notes that are written, changed and read, to try what the platform promises to all."""
