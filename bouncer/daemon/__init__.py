"""The daemon, the only package that builds objects: settings -> adapters -> stages -> servers."""
