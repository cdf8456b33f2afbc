"""Processes of ours that read strangers' letters and render owners' templates, bounded and confined."""
