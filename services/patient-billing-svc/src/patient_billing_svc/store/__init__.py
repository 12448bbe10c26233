"""Every query of this service; rows <-> domain objects."""
