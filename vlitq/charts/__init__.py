"""Charts: what is drawn, as a picture for a page or a paper, and the table behind it."""

from vlitq.charts.chart import Chart, ChartError

__all__ = ["Chart", "ChartError"]
