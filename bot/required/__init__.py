"""What staff must read by a date, and the questions that show whether it was understood. Pure.

`staff_csv` and `listing` keep the list of staff, `taking` is how somebody reads and answers, `views` what they see of
it, `cadence` when they are reminded, `results` what those who lead on safeguarding and the governors hear.
"""
