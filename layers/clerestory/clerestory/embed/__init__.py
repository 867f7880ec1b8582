"""From the URL of an embed to its page and results."""
