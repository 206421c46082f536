"""An input-output table and what the scenario says of it, to a case with numbered industries.

Knows names of economies, sectors and uses; knows no stock and no parameter's value.
"""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.accounts import Accounts
from tariffsim.arrays import Floats
from tariffsim.errors import InputError, UnknownName
from tariffsim.experiment import MaterialCase
from tariffsim.network import Feed, NetworkCase
from tariffsim.resolve.profiles import Profile
from tariffsim.scenario import Industries, TableUse
from tariffsim.terms import PARTS_PER_UNIT, Slug, nearest

ILLUSTRATIVE = "illustrative"
"""The packaged table, which is made up."""

Industry = tuple[str, str]
"""Economy and sector."""


@attrs.frozen(kw_only=True, eq=False)
class Sales:
    """A table's sales, checked, with industries numbered region by region.

    Parameters
    ----------
    names : tuple of Industry
    intermediate : (region, sector, industry), USD million a year
    final : (region, sector), USD million a year
    """

    names: tuple[Industry, ...]
    intermediate: Floats
    final: Floats


def sales_of(accounts: Accounts) -> Sales:
    """Give a table's sales by supplier and using industry.

    Raises
    ------
    InputError
        There are no sales between industries, or some are below zero.
    """
    if accounts.intermediate is None or accounts.final is None:
        raise InputError(
            f"{accounts.name} must have sales between industries, got trade alone; bring an "
            "input-output table"
        )
    economies, sectors = len(accounts.economy), len(accounts.sector)
    sales = accounts.intermediate.reshape(economies, sectors, economies * sectors)
    if (sales < 0).any():
        raise InputError(
            f"{accounts.name} must have no sales below zero, got {int((sales < 0).sum())}; set "
            "them to zero and balance again"
        )
    names = tuple(
        (economy, sector)
        for economy in accounts.economy.labels
        for sector in accounts.sector.labels
    )
    # Stocks may fall in a year; what is sold from them is not made, and cannot be short.
    final = np.maximum(accounts.final.sum(axis=2), 0.0)
    return Sales(names=names, intermediate=sales, final=final)


def check_use(use: TableUse, accounts: Accounts, profiles: Mapping[Slug, Profile]) -> None:
    """Refuse a use that its material's sheet, or the table, does not have.

    Raises
    ------
    UnknownName
        With the nearest name.
    """
    profile = profiles.get(use.material)
    if profile is not None:
        known = [each.industry for each in profile.uses]
        if use.use not in known:
            raise UnknownName(
                f"use must be one on the sheet of {use.material}, got {use.use!r}"
                f"{nearest(use.use, known)}; there are {', '.join(known)}"
            )
    for what, name, axis in (
        ("economy", use.economy, accounts.economy),
        ("sector", use.sector, accounts.sector),
    ):
        if name not in axis.labels:
            listed = ", ".join(axis.labels[:20]) + (" and more" if len(axis) > 20 else "")
            raise UnknownName(
                f"{what} must be one of the table {accounts.name}, got {name!r}"
                f"{nearest(name, axis.labels)}; there are {listed}"
            )


def network_case(
    industries: Industries, accounts: Accounts, materials: Sequence[MaterialCase]
) -> NetworkCase:
    """Number industries and uses.

    Parameters
    ----------
    industries : Industries
        What the scenario says.
    accounts : Accounts
        The table.
    materials : sequence of MaterialCase
        The scenario's, with their days.

    Returns
    -------
    NetworkCase
        Over the days from the first of any material to the end of the horizon.
    """
    sales = sales_of(accounts)
    place = {case.material: position for position, case in enumerate(materials)}
    feeds = []
    for use in industries.uses:
        case = materials[place[use.material]]
        feeds.append(
            Feed(
                material=place[use.material],
                use=[each.industry for each in case.uses].index(use.use),
                industry=sales.names.index((use.economy, use.sector)),
                share=use.share / PARTS_PER_UNIT,
            )
        )
    earliest = min(materials, key=lambda case: case.first_day)
    begins = min(case.first_day + case.control_day for case in materials)
    return NetworkCase(
        table=f"{accounts.name} table" if accounts.name == ILLUSTRATIVE else accounts.name,
        names=sales.names,
        intermediate=sales.intermediate,
        final=sales.final,
        feeds=tuple(feeds),
        first_day=earliest.first_day,
        control_day=begins - earliest.first_day,
        month_of_day=earliest.month_of_day,
    )
