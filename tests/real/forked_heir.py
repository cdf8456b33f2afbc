"""The process of ``forking`` that may ask for further ones."""

from real.forked import main

__all__ = ["main"]
