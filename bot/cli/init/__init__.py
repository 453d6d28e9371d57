"""`tocsin init`: asks what a bot needs to know, and writes its config.yaml with all that belongs to it.

A newcomer's mistake is to write YAML from a dictionary: the example's comments are what people learn the settings from,
so config.example.yaml is copied, and only what was answered is changed in it.
"""
