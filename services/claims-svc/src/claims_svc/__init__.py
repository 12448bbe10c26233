"""claims-svc: from coded encounter to adjudicated claim. What it owns and says stands in the service's README."""
