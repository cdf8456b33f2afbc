"""Use cases for people and programs, a module each: commands, API and pages parse, call a use case, and show its result."""
