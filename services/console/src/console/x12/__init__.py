"""X12 on our pages: what `rcm.x12.show` says of each segment, under headings that fold."""
