"""837I, institutional claims (005010X223A2/A3): typed values, writer, reader."""
