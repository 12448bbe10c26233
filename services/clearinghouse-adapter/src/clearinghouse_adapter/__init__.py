"""The clearinghouse adapter: carries files between the services' HTTP and the mailboxes of clearinghouses and payers."""
