"""What a biller would argue about: balances, classes of adjustments, denials, what the patient owes, where a payment goes."""
