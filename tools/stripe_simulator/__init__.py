"""A stand-in for Stripe with durable state: start it with `python -m tools.stripe_simulator`.

It speaks API version 2026-10-28.endive to the `stripe` library 16.1.0. See README.md.
"""
