"""Plans of studies and the points that they sample."""
