"""`python -m tasuki`: the same as the command `tasuki`."""

from tasuki.cli import main

if __name__ == "__main__":
    main()
