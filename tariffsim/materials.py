"""What is known of a controlled material: shares by stage, reliance, stocks, uses; draws nothing.

Every figure carries its claims, like an event of a log, and the year it speaks of. What nobody
looked up is graded `memory`, and a material that rests on such figures alone is not modelled.
"""

from typing import Literal

import attrs

from tariffsim.events import Claim
from tariffsim.scopes import ALL_OF_IT, DayInterval, ShareInterval
from tariffsim.terms import Economy, Product, Slug

Stage = Literal["mining", "separation", "refining", "metal", "magnets", "supply"]
RelianceKind = Literal["net-import", "import-share", "from-controller"]


@attrs.frozen(kw_only=True)
class StageShare:
    """An economy's share of the world's output at one stage of the chain.

    Parameters
    ----------
    stage : {'mining', 'separation', 'refining', 'metal', 'magnets', 'supply'}
        Which stage; `supply` where a trade has no stages.
    economy : Economy
        Whose output.
    share : ShareInterval
        Of the world's, or of the market that the note names.
    vintage : str
        The year or years that the figure speaks of.
    claims : tuple of Claim
        Who says so.
    note : str, optional
        What the figure counts, and what it does not.
    """

    stage: Stage
    economy: Economy
    share: ShareInterval
    vintage: str
    claims: tuple[Claim, ...]
    note: str | None = None


@attrs.frozen(kw_only=True)
class Reliance:
    """How much of the importer's need comes from abroad, or from the controlling economy.

    Parameters
    ----------
    kind : {'net-import', 'import-share', 'from-controller'}
        Net imports over need; the controller's share of imports; or their product, where it is
        known by itself.
    share : ShareInterval
        The figure.
    vintage : str
        The year or years that it speaks of.
    claims : tuple of Claim
        Who says so.
    note : str, optional
        What the figure counts, and what it does not.
    """

    kind: RelianceKind
    share: ShareInterval
    vintage: str
    claims: tuple[Claim, ...]
    note: str | None = None


@attrs.frozen(kw_only=True)
class Stock:
    """What is held, in days of normal need.

    Parameters
    ----------
    days : DayInterval
        How long it lasts without deliveries.
    vintage : str
        When it was held.
    claims : tuple of Claim
        Who says so.
    note : str, optional
        Who holds it.
    """

    days: DayInterval
    vintage: str
    claims: tuple[Claim, ...]
    note: str | None = None


@attrs.frozen(kw_only=True)
class Use:
    """An industry that needs the material.

    Parameters
    ----------
    industry : Slug
        Its name in the list of industries.
    share : ShareInterval
        Part of the need that is its own.
    priority : int
        1 comes first where there is not enough.
    claims : tuple of Claim
        Who says what of the share.
    access : ShareInterval
        What part of the licences that others get it may have: none where its users are barred.
    stock_days : DayInterval, optional
        What it holds, where that is known apart from the material's stocks.
    dependence : ShareInterval
        Part of the industry's output that is made with the material.
    input_share : ShareInterval
        Cost share, in that output, of the parts that cannot be made without the material.
    note : str, optional
        What the figures rest on.
    """

    industry: Slug
    share: ShareInterval
    priority: int
    claims: tuple[Claim, ...]
    access: ShareInterval = ALL_OF_IT
    stock_days: DayInterval | None = None
    dependence: ShareInterval = ALL_OF_IT
    input_share: ShareInterval
    note: str | None = None


@attrs.frozen(kw_only=True)
class Industry:
    """A using industry of an economy, with the value that it adds.

    Parameters
    ----------
    industry : Slug
        Its name.
    economy : Economy
        Where.
    title : str
        What it makes.
    value_added : tuple of float
        Low and high end, USD billion a year.
    vintage : str
        The year it speaks of.
    claims : tuple of Claim
        Who says so.
    note : str, optional
        What is counted.
    """

    industry: Slug
    economy: Economy
    title: str
    value_added: tuple[float, ...]
    vintage: str
    claims: tuple[Claim, ...]
    note: str | None = None

    def __attrs_post_init__(self) -> None:
        if len(self.value_added) != 2 or not 0 <= self.value_added[0] <= self.value_added[1]:
            raise ValueError(
                f"value_added must be a low and a high end in USD billion, got {self.value_added}"
            )


@attrs.frozen(kw_only=True)
class ControlledMaterial:
    """Everything known of one material that an economy controls and another needs.

    Parameters
    ----------
    material : Slug
        Its name, as in the `materials` of a control.
    title : str
        What it is.
    controller, importer : Economy
        Whose control, and who runs short.
    controls : tuple of Slug
        Controls of the logs that bind it.
    products : tuple of Product
        HS codes that it is traded under, often with much else.
    supply : tuple of StageShare
        Shares of the world's output.
    reliance : tuple of Reliance
        Shares of the importer's need.
    stocks : tuple of Stock
        What is held.
    uses : tuple of Use
        Who needs it.
    note : str, optional
        Anything else.
    """

    material: Slug
    title: str
    controller: Economy
    importer: Economy
    controls: tuple[Slug, ...]
    products: tuple[Product, ...] = ()
    supply: tuple[StageShare, ...] = ()
    reliance: tuple[Reliance, ...] = ()
    stocks: tuple[Stock, ...] = ()
    uses: tuple[Use, ...] = ()
    note: str | None = None

    def __attrs_post_init__(self) -> None:
        named = [use.industry for use in self.uses]
        if len(set(named)) < len(named):
            raise ValueError(f"uses must name each industry once, got {', '.join(named)}")
