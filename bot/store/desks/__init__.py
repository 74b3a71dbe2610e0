"""What desks of the school keep that belongs to no concern: drafts of answers, reviews of itself, the register."""
