"""What users install is what is tested: environments of their own, outside the repository, made as users make them."""
