"""Words beside a statement that take its force: the statement is doubted, holds for a time only, or is about something else."""
