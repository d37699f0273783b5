"""What runs of ours in a benchmark: the project's own code, and as little else as possible."""
