"""What the functions share: pure modules here, everything that talks to AWS in `clerestory.aws`."""
