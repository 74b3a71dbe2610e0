"""school.yaml -> the school, its people, and who stands in for whom."""
