"""What the guides of claims share: 837P, 837I and 837D are built of it."""
