"""Claims about speed and quality, one per file: `make bench B=name`."""
