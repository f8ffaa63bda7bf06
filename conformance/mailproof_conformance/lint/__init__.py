"""What is wrong with a contract as a document: one module for each kind of rule."""
