"""Between contract events and the domain: `heard` is what others said, as far as this service needs it; `said` what it says."""
