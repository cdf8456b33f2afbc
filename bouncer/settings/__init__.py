"""Settings: one frozen tree, read once from a TOML file and the environment."""
