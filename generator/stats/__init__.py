"""Statistics on NumPy arrays: pure functions, no labels, no calendar, no configuration, no network."""
