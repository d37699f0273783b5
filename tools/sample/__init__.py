"""A market that is full from the first minute: people, months of work, and what goes on now."""
