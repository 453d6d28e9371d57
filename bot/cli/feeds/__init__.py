"""`tocsin feeds`: which feeds there are, whether they answer, and lists of them for other programs.

A newcomer's mistake is to change feeds here: config.yaml says which there are, and the running bot keeps how they do.
"""
