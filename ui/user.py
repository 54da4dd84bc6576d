"""Who is at the screen."""

from store.people import Person


def current_user() -> Person:
    """The person of this visit."""
    return Person("local", "本机用户", local=True)
