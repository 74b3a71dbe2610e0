"""The proof that nobody changed what is stored: what the log says is worked out, and held against the tables."""
