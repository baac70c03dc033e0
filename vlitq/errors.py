"""The base of every error whose message is written for the user."""


class VlitqError(Exception):
    """Something a user can mend. The message says who, what, where, and the way out."""
