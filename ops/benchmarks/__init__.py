"""Measurements, side by side in one run, of what the house promises."""
