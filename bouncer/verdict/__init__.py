"""The meaning of one failure: one table joins stage, subject, words and codes into a category and a reason; pure."""
