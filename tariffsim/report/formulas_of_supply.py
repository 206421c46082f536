"""How the numbers of controlled inputs are worked out, in words; computes nothing."""

from tariffsim.report.formula import Formula

_SUPPLY = "method/supply"
_NETWORK = "method/propagation"
OF_SUPPLY = {
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
    "hit_first": Formula(
        text=(
            "100 x the share of draws in which the need of this industry is the first to go unmet, "
            "or one of the first on the same day."
        ),
        page=_SUPPLY,
    ),
    "output_at_risk": Formula(
        text=(
            "Output made with the input x what is lost of it, over normal output: for a part a of "
            "need that is met, (1 - s + s x a^((e - 1)/e))^(e/(e - 1)) is made, with s the cost "
            "share of what cannot be made without the input and e the short-run elasticity of "
            "substitution."
        ),
        page=_SUPPLY,
    ),
    "value_added_at_risk": Formula(
        text="Output at risk x value added a day, summed over the days of the horizon.",
        page=_SUPPLY,
    ),
    "scarcity_price": Formula(
        text=(
            "(y/a)^(1/e), the marginal product of the input over its normal one: a the part of "
            "need that is met, y what is still made with it, e the short-run elasticity; one where "
            "need is met in full. The horizon shows the worst month."
        ),
        page=_SUPPLY,
    ),
    "days_short": Formula(
        text=(
            "Days from the first on which need is not met in full to the end of the last week in "
            "which it is not; zero where there is none."
        ),
        page=_SUPPLY,
    ),
    "value_of_month_stock": Formula(
        text=(
            "Value added at risk, less what it is in the same draw with 30 more days of need in "
            "stock at the start."
        ),
        page=_SUPPLY,
    ),
    "licensed_share": Formula(
        text="What licences and exemptions let through, over the flow before the control.",
        page=_SUPPLY,
    ),
    "withheld_imports": Formula(
        text="Imports under the control x (1 - licensed share).", page=_SUPPLY
    ),
    "affected_imports": Formula(
        text="Benchmark customs value of the goods that the control names, at the middle.",
        page=_SUPPLY,
    ),
    "capped_price": Formula(
        text=(
            "Border price at which demand for the controlled source equals what is licensed, the "
            "other sources at theirs, over that of the benchmark."
        ),
        page=_SUPPLY,
    ),
    "output_lost": Formula(
        text=(
            "100 x (1 - mean output over its normal day). An industry makes what demand, its "
            "capacity, its stocks of inputs and what is left of the material allow; customers are "
            "served in proportion, and order to restore their stocks, day by day."
        ),
        page=_NETWORK,
    ),
    "value_added_lost": Formula(
        text=(
            "Sum over the days of the horizon and over industries of (1 - output over its normal "
            "day) x value added a day in the table that the scenario names: a share of output "
            "that does not move. Below zero where more is made up than was lost."
        ),
        page=_NETWORK,
    ),
    "gross_output_lost": Formula(
        text=(
            "Sum over the days of the horizon of (1 - output over its normal day) x output a day "
            "in the table that the scenario names."
        ),
        page=_NETWORK,
    ),
    "days_until_loss": Formula(
        text=(
            "Days from the control's first day to the first on which output is below 99 % of "
            "normal; the length of the run where there is none. What a material allows is a mean "
            "over the week, since firms move output between days."
        ),
        page=_NETWORK,
    ),
    "loses_first": Formula(
        text=(
            "100 x the share of draws in which no industry of the table falls below 99 % of "
            "normal on an earlier day."
        ),
        page=_NETWORK,
    ),
    "days_to_recovery": Formula(
        text=(
            "Days from the first on which output is below 99 % of normal to the end of the last "
            "such day; zero where there is none, and to the end of the run where it is still so."
        ),
        page=_NETWORK,
    ),
    "unmet_final_demand": Formula(
        text=(
            "Sum over days and industries of final demand x the part of it that is not served: "
            "what is missed is lost, not caught up with."
        ),
        page=_NETWORK,
    ),
}
