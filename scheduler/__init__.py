"""Feasible completion dates from routings, capacity, labour, tools and material: the pure core."""

__part_of__ = "truedate"
