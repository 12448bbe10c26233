"""console: the staff's web pages. It knows the services by their HTTP alone, with the signed-in person's own token."""
