"""`python -m tmtui` is the tm command."""

from tmtui.cli import main

main()
