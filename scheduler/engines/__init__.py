"""Engines: who decides. All take a problem and give a schedule; ``timing`` dates it."""
