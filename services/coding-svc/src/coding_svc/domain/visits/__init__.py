"""The level of an evaluation and management visit: by medical decision making or by time, each element with its evidence."""
