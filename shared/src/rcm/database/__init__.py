"""PostgreSQL: a database per service, two roles (api under row-level security, worker across organisations), many rows at once."""
