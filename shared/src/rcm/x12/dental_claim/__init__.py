"""837D, dental claims (005010X224A2): typed values, reader."""
