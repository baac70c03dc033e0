"""The demo: a small dataset with planted faults, and an account of what a selection made of them."""

from vlitq.demo.account import account
from vlitq.demo.dataset import DemoData, write_demo

__all__ = ["DemoData", "account", "write_demo"]
