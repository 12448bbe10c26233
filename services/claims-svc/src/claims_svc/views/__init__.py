"""What HTTP takes and shows, in the field's names. Amounts are integer cents, dates ISO, instants UTC."""
