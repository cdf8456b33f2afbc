"""The scripts that Alembic runs: the environment, and one script for each step."""
