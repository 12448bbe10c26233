"""coding-svc: encounters come in, are checked and coded or held, and are told to the others."""
