"""The tm command, also `python -m tmtui`; Ctrl-C while it still loads is no traceback."""

import sys


def main() -> None:
    """Load the command and run it."""
    try:
        from tmtui.cli import main as run  # noqa: PLC0415 - what loads here is what may be cut
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
