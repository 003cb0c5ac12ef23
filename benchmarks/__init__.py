"""Measurements of the product: one file a bench, `script/bench` runs them."""
