"""The laws of GetResponse: the clauses of its contract as cases."""
