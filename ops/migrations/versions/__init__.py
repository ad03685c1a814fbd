"""The steps, one file each; the SQL of a step stands beside it."""
