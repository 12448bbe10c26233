"""A small service that does nothing but say and keep: what the platform's tests run on."""
