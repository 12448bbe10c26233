"""What every service stands on: contracts, public standards, plumbing. Never a business rule."""
