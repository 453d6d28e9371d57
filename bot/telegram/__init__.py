"""Telegram, both ways: sender.py takes alerts to chats, commands.py takes people's wishes to the service.

python-telegram-bot is on its way from numbers of seconds to timedeltas and warns until one has chosen: we have.
"""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # read by the library at every call; not inherited from anybody's shell
