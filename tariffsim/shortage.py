"""A shortage followed through a user's input-output table, by the names of its industries.

Joins a table and the propagation kernels: what industries still can do in, losses out. Knows no
law, no scenario, and not why there is a shortage.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.accounts import Accounts
from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.model.propagation import (
    NONE,
    Behaviour,
    Links,
    Propagation,
    Shortage,
    critical_by_cost,
    propagate,
)
from tariffsim.model.propagation_answers import (
    days_to_recover,
    output_lost,
    unmet_final_demand,
    value_added_lost,
)
from tariffsim.resolve.network import Industry, sales_of


@attrs.frozen(kw_only=True, eq=False)
class ShortageAnswer:
    """What a shortage does to every industry.

    Parameters
    ----------
    industries : tuple of Industry
        In the order of the kernel's industry axis.
    links : Links
        The table as the kernel saw it, USD million a year.
    path : Propagation
        Day by day.
    end : int
        First day after the last on which something was short.
    """

    industries: tuple[Industry, ...]
    links: Links
    path: Propagation
    end: int


@attrs.frozen(kw_only=True)
class IndustryLoss:
    """What one industry loses over all days: quantiles over draws in the order asked for.

    Parameters
    ----------
    economy, sector : str
    output_lost, value_added_lost, unmet_final : tuple of float, USD million
    least_output : tuple of float, share of a normal day
    least_cover : tuple of float, days
    days_to_recover : tuple of float
        After the shortage; infinite where it has not recovered by the last day.
    limiting_input : str
        Sector that holds it down on most days and draws; empty where none does.
    """

    economy: str
    sector: str
    output_lost: tuple[float, ...]
    value_added_lost: tuple[float, ...]
    unmet_final: tuple[float, ...]
    least_output: tuple[float, ...]
    least_cover: tuple[float, ...]
    days_to_recover: tuple[float, ...]
    limiting_input: str


def follow_shortage(
    accounts: Accounts,
    *,
    capacity: Mapping[Industry, Floats] | None = None,
    ceiling: Mapping[Industry, Floats] | None = None,
    behaviour: Behaviour | None = None,
    draws: int = 1,
) -> ShortageAnswer:
    """Follow what some industries cannot do through all others.

    Parameters
    ----------
    accounts : Accounts
        With sales between industries, and final demand.
    capacity : mapping of Industry to (day, draw), share, optional
        Capacity left: a plant that stands still. It may be stretched by overtime.
    ceiling : mapping of Industry to (day, draw), share, optional
        Output that a material from outside the table allows: what
        `tariffsim.model.production.output_share` gives of its availability.
    behaviour : Behaviour, optional
        By default 30 days of stock and inputs important by their cost share.
    draws : int
        Every draw axis has this length or 1.

    Returns
    -------
    ShortageAnswer

    Raises
    ------
    InputError
        The table has no links, an industry is unknown, or lengths differ.

    Examples
    --------
    >>> from tariffsim.files.accounts import load_accounts
    >>> from tariffsim.files.shipped import shipped
    >>> accounts, _ = load_accounts(shipped("data") / "tables" / "illustrative")
    >>> left = np.where(np.arange(180) < 90, 0.4, 1.0)[:, None]
    >>> answer = follow_shortage(accounts, capacity={("CHN", "metals"): left})
    >>> [(loss.sector, round(loss.least_output[0], 2)) for loss in worst_hit(answer)[:2]]
    [('metals', 0.4), ('services', 0.97)]
    """
    links, names = links_of(accounts)
    numbers = {name: number for number, name in enumerate(names)}
    given = [*(capacity or {}), *(ceiling or {})]
    unknown = [name for name in given if name not in numbers]
    if unknown or not given:
        raise InputError(
            "industry must be one of the table's, as CHN/metals, got "
            f"{', '.join('/'.join(name) for name in unknown) or 'none'}; economies are "
            f"{', '.join(accounts.economy.labels)}, sectors {', '.join(accounts.sector.labels)}"
        )
    hit = list(dict.fromkeys(given))
    shortage = Shortage(
        industry=np.array([numbers[name] for name in hit]),
        capacity=_joined(hit, capacity or {}, given=(capacity, ceiling), free=1.0),
        ceiling=_joined(hit, ceiling, given=(capacity, ceiling), free=np.inf) if ceiling else None,
    )
    rules = behaviour or Behaviour(criticality=critical_by_cost(links))
    path = propagate(links, shortage, rules, draws=draws)
    short = (shortage.capacity < 1.0).any(axis=(1, 2))
    if shortage.ceiling is not None:
        short = short | (shortage.ceiling < 1.0).any(axis=(1, 2))
    end = int(np.flatnonzero(short)[-1]) + 1 if short.any() else 0
    return ShortageAnswer(industries=names, links=links, path=path, end=end)


def links_of(accounts: Accounts) -> tuple[Links, tuple[Industry, ...]]:
    """Give a table's sales as the kernels want them, and the name of every industry.

    Raises
    ------
    InputError
        There are no sales between industries, or some are below zero.
    """
    sales = sales_of(accounts)
    return Links(intermediate=sales.intermediate, final=sales.final), sales.names


def worst_hit(
    answer: ShortageAnswer, shares: tuple[float, ...] = (0.1, 0.5, 0.9)
) -> tuple[IndustryLoss, ...]:
    """List every industry by the value added it loses, most first.

    Parameters
    ----------
    answer : ShortageAnswer
    shares : tuple of float
        Quantiles over draws.

    Returns
    -------
    tuple of IndustryLoss
        Sorted by the middle quantile.
    """
    path, links = answer.path, answer.links
    back = days_to_recover(path, end=answer.end)
    table = {
        "output_lost": output_lost(path, links).sum(axis=0),
        "value_added_lost": value_added_lost(path, links).sum(axis=0),
        "unmet_final": unmet_final_demand(path, links).sum(axis=0),
        "least_output": path.output.min(axis=0),
        "least_cover": path.days_of_cover.min(axis=0),
        "days_to_recover": np.where(back < 0, np.inf, back.astype(np.float64)),
    }
    # A draw, not a mean of two: a time to recover may be infinite, and so may a cover.
    bands = {
        name: np.quantile(values, shares, axis=1, method="nearest")
        for name, values in table.items()
    }
    sectors = links.intermediate.shape[1]
    losses = [
        IndustryLoss(
            economy=economy,
            sector=sector,
            limiting_input=_limiting(answer, number, sectors),
            **{name: tuple(values[:, number].tolist()) for name, values in bands.items()},
        )
        for number, (economy, sector) in enumerate(answer.industries)
    ]
    middle = len(shares) // 2
    return tuple(sorted(losses, key=lambda loss: -loss.value_added_lost[middle]))


def losses_data(losses: tuple[IndustryLoss, ...]) -> list[dict[str, object]]:
    """Give losses as plain data: lists of quantiles, null for what is infinite."""
    return [
        {
            name: [None if np.isinf(value) else value for value in values]
            if isinstance(values, tuple)
            else values
            for name, values in attrs.asdict(loss, recurse=False).items()
        }
        for loss in losses
    ]


def _limiting(answer: ShortageAnswer, number: int, sectors: int) -> str:
    held = answer.path.limiting_input[:, number]
    days = np.bincount(held[held != NONE].astype(np.int64), minlength=sectors)
    return answer.industries[int(days.argmax())][1] if days.any() else ""


def _joined(
    hit: list[Industry],
    paths: Mapping[Industry, Floats],
    *,
    given: tuple[Mapping[Industry, Floats] | None, ...],
    free: float,
) -> Floats:
    """Stack the paths of the industries hit, (day, hit, draw), free where one has none."""
    shapes = {np.shape(path) for mapping in given for path in (mapping or {}).values()}
    if any(len(shape) != 2 for shape in shapes) or len({shape[0] for shape in shapes}) > 1:
        raise InputError(
            f"paths must all be (day, draw) over the same days, got {sorted(shapes)}; repeat what "
            "does not change"
        )
    days, draws = next(iter(shapes))[0], max(shape[1] for shape in shapes)
    whole = np.full((days, len(hit), draws), free)
    for place, name in enumerate(hit):
        if name in paths:
            whole[:, place] = paths[name]
    return whole
