"""`python -m bot`, the same as the command `tocsin`."""

from bot.cli import main

main()
