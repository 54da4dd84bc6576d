"""The demo's data: a seeded generator for an invented city, written as files in the import format."""

from .cities import NUMBERS, city_name
from .files import write_city, write_demo
from .making import Demo, make_demo
from .model import PERIODS

__all__ = ["NUMBERS", "PERIODS", "Demo", "city_name", "make_demo", "write_city", "write_demo"]
