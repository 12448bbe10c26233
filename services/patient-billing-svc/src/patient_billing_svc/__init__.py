"""patient-billing-svc: the patient's account, its statements, and payments as they were taken."""
