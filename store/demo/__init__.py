"""The demo's data: a seeded generator for an invented city, written as files in the import format."""

from .files import write_demo
from .making import Demo, make_demo
from .model import PERIODS

__all__ = ["PERIODS", "Demo", "make_demo", "write_demo"]
