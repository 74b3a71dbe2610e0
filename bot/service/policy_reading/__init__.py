"""The school's own documents put in, looked over and compared with their next edition."""
