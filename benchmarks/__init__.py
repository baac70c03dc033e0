"""How fast vlitq is, against bare loops and against a rival: each figure comes from a command and is kept as JSON."""
