"""The school's own policy out of the base: its questionnaire answered, its paragraphs approved, its documents built."""
