"""Versions side by side: what a release is remembered by, and a drill of an upgrade."""
