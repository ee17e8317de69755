"""Pictures of a plan: one offline page with board, load and late orders, and a small still picture.

Fed by ``build``, the engines and the tables of ``frames``; read by people. Nothing is fetched:
script, style and data stand in the page, and its content policy allows nothing else.
"""

from scheduler.pictures.lines import LoadLine, PromiseLine
from scheduler.pictures.page import plan_page
from scheduler.pictures.still import plan_svg

__all__ = ["LoadLine", "PromiseLine", "plan_page", "plan_svg"]
