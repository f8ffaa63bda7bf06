"""Tells whether a server, any server, keeps a contract; and whether a contract is in order."""
