"""What staff are asked once they have read something: checks.yaml, and who approved which question."""
