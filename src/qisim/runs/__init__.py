"""Who makes runs, and the store that keeps them."""
