"""The command ``bouncer``, also as ``python -m bouncer``."""

from bouncer.cli.root import main

if __name__ == "__main__":
    main()
