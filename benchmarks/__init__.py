"""What the functions cost beside the least that they could: ratios, each from one run. See README.md."""
