"""The consequences of a verdict: belief, suppression, routing, scheduling; pure (layer 2, above `verdict`)."""
