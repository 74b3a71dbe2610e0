"""The list of staff, what they must read, and how far each is with it: rows of one school, sealed."""
