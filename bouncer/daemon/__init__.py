"""The daemon: the only place that builds things. Settings -> adapters -> stages -> doors; readiness; drain (floor 6)."""
