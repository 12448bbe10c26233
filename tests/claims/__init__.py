"""claims-svc, from its rules to its walls."""
