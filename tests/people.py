"""One account a role, for tests of who may do what: named as the role, all with one password that costs nearly nothing to check."""

from pathlib import Path

from store.people import accounts, sessions
from store.people.passwords import Cost
from store.people.roles import ROLES

CHEAP = Cost(4, 8, 1)
PASSWORD = "horse battery staple"
ORIGIN = {"origin": "http://testserver"}  # what a browser says of the page that sends a form


def add_people(path: Path, unit: str) -> None:
    """An account for each role; a liaison's unit is `unit`."""
    for role, about in ROLES.items():
        own = unit if "own" in about.rights else None
        accounts.add(role, f"某{about.title}", [role], "测试", own, PASSWORD, path, must_change=False, cost=CHEAP)


def sign_in(client, name: str, password: str = PASSWORD, to: str = "/"):
    """Sign a Starlette TestClient in by the form, as a browser would; the answer, which it has not followed."""
    form = {"name": name, "password": password, "next": to}
    return client.post("/sign-in", data=form, headers=ORIGIN, follow_redirects=False)


def token_of(path: Path, name: str) -> str:
    """The token of a new session, for tests that do not go through the door."""
    token = sessions.sign_in(name, PASSWORD, "test", path)
    assert token, f"{name} cannot sign in"
    return token
