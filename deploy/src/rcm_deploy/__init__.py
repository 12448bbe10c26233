"""The local launcher: PostgreSQL and Kafka from packages, the services in one process or in one each, and the `rcm` command."""
