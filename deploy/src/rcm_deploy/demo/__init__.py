"""`rcm demo`: a whole run from generated encounters to paid statements, read off the services' own figures at the end."""
