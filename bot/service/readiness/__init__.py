"""The review of readiness, carried out: begun, answered, closed, taken out for governors, and reminded of."""
