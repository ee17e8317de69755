"""Factories of any size from a seed, for demos, tests and benchmarks."""

from scenarios.generate.plant import factory

__all__ = ["factory"]
