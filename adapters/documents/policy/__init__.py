"""The school's policy on paper: as .docx, which is the accessible form, and as PDF for print."""
