"""The truths of claims: pure values in, values out; the clock is an argument."""
