"""How fast each stage is, beside what limits it and beside others who do the same."""
