"""The visitor's session, and what its claims say."""
