"""The thinking: pure functions on plain data.

Nothing in here opens a file, a socket or a database, asks what time it is or rolls dice; the contracts in
pyproject.toml hold that. A newcomer's mistake is to ask the clock: what changes with time takes `now`.
"""
