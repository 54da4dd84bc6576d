"""The index: values → normalised → scores → ranks → tiers, as pure functions of a block of units and a fitted population.

Nothing here reads a file, a database or a page. Source of method and words: OECD/JRC, *Handbook on Constructing
Composite Indicators* (2008); 结构性嵌入 and the tiers from the product's domain page.
"""

__version__ = "0.1.0"
