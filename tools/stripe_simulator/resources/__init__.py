"""One module per resource of Stripe's API; each has its part of the table of operations."""
