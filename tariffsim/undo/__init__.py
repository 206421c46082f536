"""Undoing a measure: the law without it, entries summed under it, and the refund; opens no file."""

from tariffsim.undo.law import Undoing, undo, undoing

__all__ = ["Undoing", "undo", "undoing"]
