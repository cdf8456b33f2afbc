"""The consequences of a verdict: belief, suppression, routing, scheduling; pure."""
