"""What follows from a Reading: classify, believe, suppress, route, compose; pure (floor 2)."""
