"""A document as plain blocks -> its clauses, with what was left out. Pure; adapters read the formats."""
