"""payments-svc: the ledger of all money, remittances, what patients owe, and where their payments went."""
