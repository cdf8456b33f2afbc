"""The process of ``forking`` that may ask for further ones."""

from programs.forked import main

__all__ = ["main"]
