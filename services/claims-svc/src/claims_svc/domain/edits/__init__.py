"""Edits that need the payer, the enrolment or the claim's history; those of the encounter alone are coding-svc's."""
