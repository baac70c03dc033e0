"""The explorer of a run: a page on this machine to filter, sort, search, look at samples and mark them."""
