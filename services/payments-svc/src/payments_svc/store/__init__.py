"""Every query of the service; rows to domain values and back. Nothing is decided here."""
