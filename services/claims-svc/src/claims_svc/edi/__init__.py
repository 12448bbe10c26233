"""Where claims-svc speaks X12: domain <-> rcm.x12. Nothing is decided here."""
