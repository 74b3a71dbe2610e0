"""What seals the database and proves its record: keys, the chain of events, and how values become text."""
