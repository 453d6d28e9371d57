"""The thinking: pure functions on plain data.

Nothing in here opens a file, a socket or a database, asks what time it is or rolls dice; the contracts in
pyproject.toml hold that. What changes with time takes `now`, and the shell owns the clock.
"""
