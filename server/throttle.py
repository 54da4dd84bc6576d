"""How often somebody may try: a bucket of tokens for each key, so many keys and no more."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from time import monotonic


class Throttle:
    """`burst` tries at once, then one every `seconds`; for keys beyond `most` the one longest unused is forgotten."""

    def __init__(self, burst: int, seconds: float, most: int = 10_000, clock: Callable[[], float] = monotonic):
        self.burst, self.seconds, self.most, self.clock = burst, seconds, most, clock
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take one try: 0 when there was one, else the seconds until there is."""
        now = self.clock()
        left, at = self.buckets.pop(key, (float(self.burst), now))
        left = min(self.burst, left + (now - at) / self.seconds)
        taken = left >= 1
        self.buckets[key] = (left - taken, now)
        if len(self.buckets) > self.most:
            self.buckets.popitem(last=False)
        return 0.0 if taken else (1 - left) * self.seconds


def network(host: str) -> str:
    """What an address is counted as: itself, or for IPv6 the network of 64 bits that one house has to itself."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))
