"""Processes of ours that read strangers' letters and draw owners' templates, bounded and confined."""
