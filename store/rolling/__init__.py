"""One store out of the published releases of many: a province of its cities, a country of its provinces."""
