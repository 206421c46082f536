"""How each kind of number is worked out, in words a reader can follow; computes nothing."""

import attrs


@attrs.frozen(kw_only=True)
class Formula:
    """One kind of number.

    Parameters
    ----------
    text : str
        The equation in plain letters, and what stands in it.
    page : str
        Page of the documentation that derives it.
    inputs : {'parameters', 'law', 'judgement'}
        What it rests on: drawn parameters and law, law alone, or the scenario's own judgement.
    """

    text: str
    page: str
    inputs: str = "parameters"


_ARMINGTON = "method/armington"
_SUPPLY = "method/supply"
FORMULAS = {
    "statutory_rate": Formula(
        text=(
            "Sum over the measures on all goods in force on the last day of: the level set last, "
            "less the pauses active that day, not below zero; then the imposer's stacking rules."
        ),
        page="method/stacking",
        inputs="law",
    ),
    "rates": Formula(
        text=(
            "On each day, the sum over measures in force of the level set last less the pauses "
            "active that day, not below zero, after the imposer's stacking rules; grouped by the "
            "legal authority of each measure."
        ),
        page="method/stacking",
        inputs="law",
    ),
    "products": Formula(
        text=(
            "Duty collected on a product in the benchmark year over its customs value, plus the "
            "stacked rate of the law in the last month less that of the benchmark day."
        ),
        page="method/stacking",
        inputs="law",
    ),
    "tree": Formula(
        text="Probability of a branch = product of the probabilities of its answers.",
        page="howto/write-a-scenario",
        inputs="judgement",
    ),
    "take": Formula(
        text=(
            "Static: sum over months of rate x benchmark value x length of the month in years. "
            "Behavioural: the same rates on customs value as it responds."
        ),
        page=_ARMINGTON,
    ),
    "drivers": Formula(
        text=(
            "Draws are cut along one input into bins of equal size. Its share = variance of the "
            "bins' means over the variance of the number, less what chance alone would show. "
            "Low and high: mean over the tenth of the draws where the input is lowest, highest."
        ),
        page="method/uncertainty",
    ),
    "customs_value": Formula(
        text=(
            "Sum over products of benchmark value x b x q: b = new over old border price, q = new "
            "over old quantity, from demand q = (p/P)^-sigma x P^-eta and supply q = b^omega, "
            "with p = b x (1 + new rate)/(1 + old rate) and P the price index over sources. "
            "Trade moves from the answer at short-run to that at long-run elasticities at a "
            "steady speed; a month is a mixture of the rates of its days."
        ),
        page=_ARMINGTON,
    ),
    "duty": Formula(text="Rate x customs value, summed over products.", page="method/welfare"),
    "effective_rate": Formula(
        text="100 x duty / customs value, both after trade has responded.", page="method/welfare"
    ),
    "effective_rate_before": Formula(
        text=(
            "100 x sum over products of rate x benchmark value, over the sum of benchmark value; "
            "over the horizon, the mean over months by their length."
        ),
        page="method/welfare",
    ),
    "revenue_difference": Formula(
        text="Duty on goods of every source, less the duty of the benchmark.", page="method/welfare"
    ),
    "landed_price": Formula(
        text=(
            "100 x (p - 1), p = new over old price after duty, weighted by benchmark landed value; "
            "p = new over old border price x (1 + new rate)/(1 + old rate)."
        ),
        page=_ARMINGTON,
    ),
    "consumer_surplus": Formula(
        text=(
            "Expenditure at benchmark x (1 - P^(1 - eta)) / (1 - eta), summed over products: the "
            "area under import demand between old and new price index P. A rise is a loss."
        ),
        page="method/welfare",
    ),
    "producer_surplus": Formula(
        text=(
            "Change of customs value x i / (1 + i), i = inverse supply elasticity: the area above "
            "the sellers' supply curve."
        ),
        page="method/welfare",
    ),
    "welfare": Formula(
        text=(
            "Buyers' surplus + customs revenue over that of the benchmark; where exporters' "
            "surplus abroad is shown, it is added as a further part."
        ),
        page="method/welfare",
    ),
    "availability": Formula(
        text=(
            "Use over need, day by day: use = min(1, stock + inflow); inflow = free flow + what "
            "licences let through after the delay; the mean of the month or of the horizon."
        ),
        page=_SUPPLY,
    ),
    "lowest_availability": Formula(
        text="The lowest month of use over need within the horizon.", page=_SUPPLY
    ),
    "days_of_cover": Formula(
        text=(
            "Stock next day = stock + inflow - use, in days of need, never below zero; it "
            "starts with the cover drawn for the first day of the control."
        ),
        page=_SUPPLY,
    ),
    "days_until_shortage": Formula(
        text=(
            "Days from the control's first day to the first on which need is not met in full; the "
            "length of the run where there is none."
        ),
        page=_SUPPLY,
    ),
    "stockout_probability": Formula(
        text="100 x the share of draws in which need has gone unmet on some day so far.",
        page=_SUPPLY,
    ),
}


def formula(name: str) -> Formula:
    """Find how a kind of number is worked out; a kind that has no entry is led to its page.

    Examples
    --------
    >>> formula("tree").text
    'Probability of a branch = product of the probabilities of its answers.'
    """
    unknown = Formula(text="See the page of the documentation.", page="nomenclature")
    return FORMULAS.get(name, unknown)
