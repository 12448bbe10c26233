"""What the API takes and shows, each with an example that validates. Amounts are integer cents."""
