"""What was learned, as it is kept: beside a base that comes learned, and between starts."""
