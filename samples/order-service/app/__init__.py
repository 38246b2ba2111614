"""A small order service. It needs nothing but Python's standard library."""
