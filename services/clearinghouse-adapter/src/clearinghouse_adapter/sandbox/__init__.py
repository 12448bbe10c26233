"""The sandbox payer: a separate program that speaks only X12 through a mailbox folder, with a clock of its own."""
