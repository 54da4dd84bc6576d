"""What stands before the pages, put together: the gate and the routes at the door."""

from starlette.middleware import Middleware
from starlette.routing import Route

from server import elsewhere
from server.gate import Gate
from server.signing import Doors
from store.people.passwords import COST, Cost


def front(local: bool, by_provider: bool, cost: Cost = COST) -> tuple[list[Route], Middleware]:
    """Routes and middleware. local: only this machine is answered; by_provider: people may sign in by the house's identity provider."""
    if by_provider:
        routes = [*Doors(elsewhere.START, cost).routes(), *elsewhere.routes()]
        return routes, Middleware(Gate, local=local, elsewhere=elsewhere.exchange, doors=elsewhere.PATHS)
    return Doors(cost=cost).routes(), Middleware(Gate, local=local)
