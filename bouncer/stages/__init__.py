"""The stages of a letter's way, each a verb with a module of its own: admit, keep, read, schedule, deliver, retire."""
