"""frePPLe: fixtures and workbooks of that planner, read as a snapshot; what is not carried over is said."""
