"""Every query of this service; rows <-> domain objects. Nothing is decided here."""
