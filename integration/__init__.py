"""The edges: canonical events, transformations, connectors and the flows between systems."""

__part_of__ = "truedate"
