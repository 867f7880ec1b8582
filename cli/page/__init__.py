"""The embedded page's files, built for a browser: hashed names, gzip beside plain, one manifest."""
