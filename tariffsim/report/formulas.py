"""How each kind of number is worked out, in words a reader can follow; computes nothing."""

from tariffsim.report.formula import Formula
from tariffsim.report.formulas_of_supply import OF_SUPPLY
from tariffsim.report.formulas_of_worlds import OF_A_MODEL, OF_WORLDS

__all__ = ["FORMULAS", "Formula", "formula"]

_ARMINGTON = "method/armington"
_OF_TRADE = {
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
    "sobol": Formula(
        text=(
            "Projections with two sets of inputs, and with one input at a time taken from the "
            "other set. Alone: variance of the mean given the input, over the variance. With "
            "others: mean of the variance given all other inputs, over the variance."
        ),
        page="method/sensitivity",
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
        text="100 x duty / customs value, both after trade has responded.",
        page="method/welfare",
    ),
    "applied_rate": Formula(
        text=(
            "100 x sum over products of rate x benchmark value, over the sum of benchmark value; "
            "goods in transit at the rate they keep, and what is not collected taken off, where "
            "the scenario says so; over the horizon, the mean over months by their length."
        ),
        page="method/welfare",
    ),
    "statutory_rate_mean": Formula(
        text=(
            "100 x sum over products of the stacked statutory rate x benchmark value, over the sum "
            "of benchmark value; a month is a mixture of the rates of its days."
        ),
        page="method/stacking",
    ),
    "revenue_static": Formula(
        text=(
            "Sum over sources and products of applied rate x benchmark value, in the amounts of "
            "the months, less the duty of the benchmark: trade does not respond."
        ),
        page="method/fiscal",
    ),
    "revenue_net": Formula(
        text=(
            "Revenue over that of the benchmark x (1 - each share that is lost elsewhere, such as "
            "taxes on income that duties make smaller)."
        ),
        page="method/fiscal",
    ),
    "retail_price": Formula(
        text=(
            "Landed price over the benchmark, passed on to shops in part and after a lag: each "
            "month closes a share of the gap to pass-through x landed price."
        ),
        page="method/adjustment",
    ),
    "stock": Formula(
        text=(
            "What was bought ahead of a rise in the duty and is not yet used, at the month's end: "
            "stock of last month + bought ahead - run down."
        ),
        page="method/anticipation",
    ),
    "revenue_difference": Formula(
        text="Duty on goods of every source, less the duty of the benchmark.",
        page="method/welfare",
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
}
FORMULAS = _OF_TRADE | OF_SUPPLY | OF_WORLDS


def formula(name: str, *, model: str = "partial") -> Formula:
    """Find how a kind of number is worked out; a kind that has no entry is led to its page.

    Parameters
    ----------
    name : str
        Of a variable, or of a kind of figure.
    model : str
        Which model answers.

    Examples
    --------
    >>> formula("tree").text
    'Probability of a branch = product of the probabilities of its answers.'
    """
    unknown = Formula(text="See the page of the documentation.", page="nomenclature")
    return OF_A_MODEL.get(model, {}).get(name) or FORMULAS.get(name, unknown)
