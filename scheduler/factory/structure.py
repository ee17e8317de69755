"""Structure: which item goes into which, rings in it, and the order in which items are netted.

Fed by the bills of material; read by ``check`` (rings) and ``network`` (levels and pools). All
versions, valid or not, and all substitutes count: a ring that is only closed next month is still
a ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.factory.items import Bom


@dataclass(frozen=True, eq=False)
class Structure:
    """The items of all bills, from what is made to what it is made of."""

    boms: tuple[Bom, ...]

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """Edges from an item to its components and their substitutes."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        for bom in self.boms:
            for line in bom.lines:
                graph.add_edge(bom.item, line.item)
                for substitute in line.substitutes:
                    graph.add_edge(bom.item, substitute.item)
        return graph

    @cached_property
    def rings(self) -> tuple[tuple[str, ...], ...]:
        """Items that contain themselves, one whole path per ring: ``A, B, C, A``."""
        found = []
        for part in nx.strongly_connected_components(self.graph):
            first = min(part)
            if len(part) == 1 and not self.graph.has_edge(first, first):
                continue
            edges = nx.find_cycle(self.graph.subgraph(sorted(part)), first)
            members = [edge[0] for edge in edges]
            turn = members.index(min(members))
            members = members[turn:] + members[:turn]
            found.append((*members, members[0]))
        return tuple(sorted(found))

    def ring_of(self, item: str) -> tuple[str, ...]:
        """A shortest ring through an item of :attr:`in_rings`."""
        if self.graph.has_edge(item, item):
            return (item, item)
        paths = nx.single_source_shortest_path(self.graph, item)
        back = [paths[node] for node in self.graph.predecessors(item) if node in paths]
        return (*min(back, key=lambda path: (len(path), path)), item)

    @cached_property
    def in_rings(self) -> frozenset[str]:
        """Items that are part of a ring."""
        parts = nx.strongly_connected_components(self.graph)
        return frozenset(
            item
            for part in parts
            for item in part
            if len(part) > 1 or self.graph.has_edge(item, item)
        )

    @cached_property
    def _with_co_products(self) -> dict[str, int]:
        """Item → number of its ring, where co-products are taken to need what they come out of."""
        graph = self.graph.copy()
        for bom in self.boms:
            graph.add_edges_from((co.item, bom.item) for co in bom.co_products)
        parts = nx.strongly_connected_components(graph)
        return {item: number for number, part in enumerate(parts) for item in part}

    def may_come_with(self, item: str, main: str) -> bool:
        """Whether ``main`` may be made for the sake of its co-product ``item``.

        Not where making it needs, at any level, the co-product itself: that would never end.
        """
        return self._with_co_products[item] != self._with_co_products[main]

    @cached_property
    def pools(self) -> dict[str, str]:
        """Items that stand in for each other → the one that names their pool.

        Needs of a pool are served together, so that rank decides who gets a substitute. Items of
        which one goes into the other are not pooled.
        """
        pairs = [
            (line.item, substitute.item)
            for bom in self.boms
            for line in bom.lines
            for substitute in line.substitutes
        ]
        names: dict[str, str] = {}
        while pairs:
            together: nx.Graph[str] = nx.Graph(pairs)
            names = {i: min(p) for p in nx.connected_components(together) for i in p}
            tangled = _tangled(self._contracted(names))
            if not tangled:
                break
            pairs = [(a, b) for a, b in pairs if names[a] not in tangled]
            names = {}
        return names

    @cached_property
    def levels(self) -> dict[str, int]:
        """Low-level code of each item (pool); what is made comes before what it is made of.

        A co-product comes after what it is made with, unless it goes into it.
        """
        graph = self._contracted(self.pools)
        extra = [
            (self.pools.get(bom.item, bom.item), self.pools.get(co.item, co.item))
            for bom in self.boms
            for co in bom.co_products
        ]
        graph.add_edges_from(edge for edge in extra if edge[0] != edge[1])
        tangled = _tangled(graph)
        if tangled:
            own = self._contracted(self.pools)
            graph.remove_edges_from(
                [e for e in extra if e[0] in tangled and e[1] in tangled and not own.has_edge(*e)]
            )
        levels: dict[str, int] = {}
        for number, generation in enumerate(nx.topological_generations(graph)):
            levels.update(dict.fromkeys(generation, number))
        return {item: levels.get(self.pools.get(item, item), 0) for item in (*self.pools, *levels)}

    def _contracted(self, names: dict[str, str]) -> nx.DiGraph[str]:
        """The graph without rings, pools drawn together."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(names.get(i, i) for i in self.graph)
        rings = self.in_rings
        for parent, component in self.graph.edges:
            a, b = names.get(parent, parent), names.get(component, component)
            if not (parent in rings and component in rings) and (a != b or parent != component):
                graph.add_edge(a, b)
        return graph


def _tangled(graph: nx.DiGraph[str]) -> frozenset[str]:
    """Nodes on some ring."""
    parts: Iterable[set[str]] = nx.strongly_connected_components(graph)
    return frozenset(
        node for part in parts for node in part if len(part) > 1 or graph.has_edge(node, node)
    )
