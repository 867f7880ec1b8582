"""From a session and a request to the URL of an embed."""
