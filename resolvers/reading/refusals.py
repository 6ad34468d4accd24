"""When a plan gives up."""


class NotPlanned(Exception):
    """The document, or what came of it, is for the general executor: it knows how to tell every error."""
