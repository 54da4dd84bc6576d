"""Files that pages give out and take in: each address is for the person whose page was told of it, whoever else comes upon it."""

import re
from collections import OrderedDict

from store.people.roles import Person

_UPLOAD = "/_stcore/upload_file/"
_ADDRESS = re.compile(rb"/media/[0-9a-f]+|/_stcore/upload_file/[0-9a-f-]{36}/[0-9a-f-]{36}")
_BRINGING = ("bring", "framework")  # rights of the pages that take a file in


class Told:
    """Which addresses of files were told to whom; beyond `most` of them the one longest untold is forgotten.

    Whose rights change is another person to it: a file that a leader was told of is not for the same account as a liaison.
    """

    def __init__(self, most: int = 20_000):
        self.most = most
        self.told: OrderedDict[tuple[Person, str], None] = OrderedDict()

    def note(self, person: Person, message: bytes) -> None:
        """Remember the addresses that a message to a page of this person holds."""
        for address in _ADDRESS.findall(message):
            key = (person, address.decode())
            self.told[key] = None
            self.told.move_to_end(key)
        while len(self.told) > self.most:
            self.told.popitem(last=False)

    def may(self, person: Person, path: str) -> bool:
        """Whether the path is for this person: any that is no such file's is. Only who may bring data sends any in."""
        if path.startswith(_UPLOAD):
            return any(person.may(right) for right in _BRINGING) and (person, path) in self.told
        return not path.startswith("/media/") or (person, path.partition(".")[0]) in self.told
