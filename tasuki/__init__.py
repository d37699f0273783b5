"""Tasuki for programs and at the terminal: a typed client of the API, and the command `tasuki`."""
