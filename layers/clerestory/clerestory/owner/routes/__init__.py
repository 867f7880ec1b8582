"""The owner's routes over HTTP."""
