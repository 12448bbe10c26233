"""The edits that need only the encounter: one module per part of it, one catalogue, one form (DOMAIN 3)."""
