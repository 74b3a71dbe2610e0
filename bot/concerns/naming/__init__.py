"""Names in what people wrote: where somebody is spoken of, and where somebody else is. Pure."""
