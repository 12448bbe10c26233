"""The whole service on a real database: facts in, statements and payments out, by HTTP and by the clock."""
