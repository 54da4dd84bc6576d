"""Named errors: each message names the thing, the value and the remedy."""


class ScoringError(ValueError):
    """Values or scores that a method cannot take."""


class FrameworkError(ScoringError):
    """A framework table that cannot be used as it stands."""


class PolicyError(ScoringError):
    """A policy that cannot be used as it stands."""
