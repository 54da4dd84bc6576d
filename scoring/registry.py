"""One way to register a method: a decorated function with a Chinese title and a one-line Chinese description."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Method:
    """A registered method. `title` and `doc` are Chinese, for the screen; the function's docstring has formula and source."""

    name: str
    title: str
    doc: str
    function: Callable[..., Any]

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    @property
    def formula(self) -> str:
        """The English docstring of the function: formula and source."""
        return self.function.__doc__ or ""


def registrar(registry: dict[str, Method]):
    """Return a decorator `(name, title, doc)` that puts a function into `registry`. Raises ValueError on a doubled name."""

    def register(name: str, title: str, doc: str):
        def wrap(function):
            if name in registry:
                raise ValueError(f"method {name} is registered twice; give one of them another name")
            registry[name] = Method(name, title, doc, function)
            return function

        return wrap

    return register
