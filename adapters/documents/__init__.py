"""Files that leave AskFirst: concerns as a PDF to hand on (`pdf`), and as a table for a spreadsheet (`table`); the
school's policy on paper (`policy/`)."""
