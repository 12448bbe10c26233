"""The log of every decision, the relay and buses that carry it, and the consumers that take it once in effect."""
