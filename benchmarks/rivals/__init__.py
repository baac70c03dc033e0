"""The same work in Data-Juicer, in an environment of its own, and in vlitq: both figures from one command."""
