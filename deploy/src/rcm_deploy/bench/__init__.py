"""How fast is it: the real path from HTTP post to patient balance, over two floors that have no logic."""
