"""A stateful mock server that keeps the contracts of mailproof."""
