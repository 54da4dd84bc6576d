"""Open pages of one person: so many at once, and so many messages in a while, that no program of theirs keeps the server from the others."""

from asyncio import sleep
from collections import Counter

from server.throttle import Throttle


class Sockets:
    """Which persons have how many pages open. most: of one person; burst, seconds: messages at once, and then one every so many seconds."""

    def __init__(self, most: int = 40, burst: int = 60, seconds: float = 0.25):
        self.most, self.open, self.talk = most, Counter[str](), Throttle(burst, seconds)

    def enter(self, name: str) -> bool:
        """Whether this person may open one more page; it is then counted until it leaves."""
        if self.open[name] >= self.most:
            return False
        self.open[name] += 1
        return True

    def leave(self, name: str) -> None:
        """A page of this person is closed."""
        self.open[name] -= 1
        if not self.open[name]:
            del self.open[name]

    async def turn(self, name: str) -> None:
        """Wait until this person may say one more thing. Meanwhile nothing more is read from the page: its browser waits with the rest."""
        while wait := self.talk.wait(name):
            await sleep(wait)
