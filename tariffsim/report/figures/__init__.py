"""Figures: one file each, pure functions from bands and grounds to a drawing, its data, its text.

Everything a figure says is in its data too. Matplotlib is imported where something is drawn, and
only through its object interface.
"""
