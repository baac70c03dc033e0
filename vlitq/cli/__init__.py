"""The command line: `vlitq COMMAND`. Nothing heavy is imported until a command runs."""

from vlitq.cli.main import main

__all__ = ["main"]
