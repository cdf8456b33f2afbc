"""Processes of ours in which strangers' letters are read and owners' templates are drawn, with bounds and confined."""
