"""Reading documents that a school puts in: each format becomes plain blocks, bounded in memory and time."""
