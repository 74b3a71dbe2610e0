"""Which entry a message asks for, in two stages: a regression over all classes, then a closer look at the likeliest."""
