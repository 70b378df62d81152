"""Figures: from computed values to Vega-Lite specs, static pictures and the files beside them."""
