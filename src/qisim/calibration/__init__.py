"""The model held against a site's own counts."""
