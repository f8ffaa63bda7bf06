"""The mock's GetResponse: one function for each JSON-RPC method, and the sandbox it answers from."""
