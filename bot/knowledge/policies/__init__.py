"""Policies: the clauses of source documents, those of the school's own, and how a document becomes clauses."""
