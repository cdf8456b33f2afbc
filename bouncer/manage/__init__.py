"""Use cases for people and programs, a module each: commands, API and pages parse, call one, and show its result."""
