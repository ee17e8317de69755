"""Network: demand → pegged orders, purchases and transfers through all levels of the bill."""
