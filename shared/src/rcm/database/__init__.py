"""PostgreSQL: a database per service, an api role under row-level security, a worker role across organisations."""
