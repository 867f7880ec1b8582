"""The embed secret of an organization: its keyset, and how it changes."""
