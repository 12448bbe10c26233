"""The contracts between the services and to the world: one module per producer, a registry, exported schemas."""
