"""Calendar files of schools -> terms, and days on which there is none."""
