"""What follows from a verdict: believe, suppress, route, compose; pure (layer 2, above `verdict`)."""
