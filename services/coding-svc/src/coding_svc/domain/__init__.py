"""What a coder or a biller would argue about: pure values and rules; the clock and the code sets are arguments.

The later coding engine (suggestions with their evidence) and the coder's desk get their modules here, beside the edits.
"""
