"""What staff must read: the list of staff, reading and answering on every channel, reminders, results."""
