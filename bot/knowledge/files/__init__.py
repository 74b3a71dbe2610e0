"""What every file of the base has: lines, fields, faults."""
