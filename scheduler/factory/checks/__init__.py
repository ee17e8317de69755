"""Checks, one file per part of the plant: each function adds its findings. Called by ``check``."""
