"""Frozen copies of what the site said on a date: made once, stored by content, checked, published again each time."""
