"""The answers workbench: whoever answers for the answers finds, changes, tries, sends and approves them."""
