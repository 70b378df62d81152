"""Tandem: a continuous, checkable test of a public claim about two markets."""

__version__ = "0.1.0"
