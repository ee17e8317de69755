"""frePPLe: its fixtures and workbooks as a snapshot; what is not carried over is said."""
