"""The map of a run: its samples in two dimensions, near each other where their vectors are."""

from vlitq.projection.of_run import Projection, project

__all__ = ["Projection", "project"]
