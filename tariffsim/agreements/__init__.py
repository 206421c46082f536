"""Agreements: their promises on a day, and who speaks against them; takes no side."""

from tariffsim.agreements.objections import Objection
from tariffsim.agreements.promises import Agreement, Deed, Promise, agreements, day_asked

__all__ = ["Agreement", "Deed", "Objection", "Promise", "agreements", "day_asked"]
