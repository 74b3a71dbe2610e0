"""What somebody must read, on the page, by a personal link."""
