"""Ledgers: records of the work itself, and the values that are derived from them."""

from .specification import LEDGERS, Field, Ledger, Records, record_frame

__all__ = ["LEDGERS", "Field", "Ledger", "Records", "record_frame"]
