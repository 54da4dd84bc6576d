"""The index: values → normalised → scores → ranks → tiers, as pure functions of a block of units and a fitted population.

Nothing here reads a file, a database or a page. Source of method and words: OECD/JRC, *Handbook on Constructing
Composite Indicators* (2008); 结构性嵌入 and the tiers from the product's domain page. What follows a score lies in modules of
its own: `assess` (ranks, tiers, adjustments), `explain` (contributions, gaps), `movement` (periods).
"""

from .errors import FrameworkError, PolicyError, ScoringError
from .framework import Framework, Node
from .framework_table import framework_from_table
from .index import Fitted, Scores, fit, score_panel
from .policy import Policy
from .policy_table import policy_from_dict
from .values import Values, values_from_long

__version__ = "0.3.0"
__all__ = [
    "Fitted", "Framework", "FrameworkError", "Node", "Policy", "PolicyError", "Scores", "ScoringError", "Values", "fit",
    "framework_from_table", "policy_from_dict", "score_panel", "values_from_long",
]  # fmt: skip
