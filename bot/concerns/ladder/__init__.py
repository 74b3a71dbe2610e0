"""Who is told of a concern, in which order and when again, as data. Pure."""
