"""The command `tasuki`: everything that a person may do on a market, at the terminal."""

from tasuki.cli.app import main

__all__ = ["main"]
