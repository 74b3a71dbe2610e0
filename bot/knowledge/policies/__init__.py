"""Policies: the clauses of source documents, those of the school's own, and how a document becomes clauses."""

from bot.knowledge.policies.clauses import FORCES, check_clauses, clause_notices, held, read_policy

__all__ = ["FORCES", "check_clauses", "clause_notices", "held", "read_policy"]
