"""Results, and the folders in which they are kept."""
