"""The daemon (layer 6): the only package that builds objects: settings -> adapters -> stages -> servers."""
