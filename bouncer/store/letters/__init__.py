"""Letters: keeping, leasing, cutting and retiring them."""
