"""The process of ``forking`` that fails."""


def main() -> None:
    """Fail as a bug would."""
    raise ValueError("a bug")
