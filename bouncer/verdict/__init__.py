"""What one failure means: stage, subject, words and codes, joined into a category and a reason by one table; pure (layer 2)."""
