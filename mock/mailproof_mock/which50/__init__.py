"""The Which50 sandbox: one function per operation, one module per resource."""
