"""Every query of claims-svc; rows <-> domain objects. Nothing is decided here."""
