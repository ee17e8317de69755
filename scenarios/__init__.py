"""What-ifs as data: changes to a snapshot, branches, studies and their comparison."""

__part_of__ = "truedate"
