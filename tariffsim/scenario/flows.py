"""What a scenario follows: flows of trade and controlled inputs; resolves no name."""

import attrs

from tariffsim.terms import Economy, Slug


@attrs.frozen(kw_only=True)
class Market:
    """Whose imports from whom are projected; every other source is the competing rest.

    Parameters
    ----------
    importer, exporter : Economy
        The flow in question.
    supply : str
        Parameter for the inverse supply elasticity of all sources of this importer.
    share_prior : str, optional
        File with a prior of the exporter's share by product, where the table does not know it.
    by_sea : str, optional
        Parameter: share of these imports that comes by sea; where left out, no goods in transit
        keep an old rate.
    collected : str, optional
        Parameter: share of new duties that is collected; all where left out.
    growth : str, optional
        Parameter: growth of these imports a year had nothing changed; none where left out.
    storable : str, optional
        File with the share of each product that can be stored; where left out, nobody buys ahead.
    revenue_offsets : tuple of str
        Parameters: shares of new revenue that are lost again elsewhere.
    """

    importer: Economy
    exporter: Economy
    supply: str
    share_prior: str | None = None
    by_sea: str | None = None
    collected: str | None = None
    growth: str | None = None
    storable: str | None = None
    revenue_offsets: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Material:
    """A controlled input: who needs it, under which control, and which priors describe it.

    Parameters
    ----------
    material : Slug
        Its name.
    importer, exporter : Economy
        Who runs short, and whose control it is.
    control : Slug
        The control of the log.
    reliance : tuple of str
        Parameters whose product is the share of the need that came from the controlled source.
    cover : str
        Parameter: days of use in stock when the control starts.
    refill : str
        Parameter: days over which a gap in the stock is reordered.
    facts : str, optional
        Where reliance, stocks and uses come from: ``project`` for the project's own sheets, or a
        sheet beside the scenario. Its industries are then told apart, and `reliance` and `cover`
        need not be named. Where a market has the same flow, what licences withhold is missing
        from its trade.
    """

    material: Slug
    importer: Economy
    exporter: Economy
    control: Slug
    reliance: tuple[str, ...] = ()
    cover: str | None = None
    refill: str = "inventory_refill_days"
    facts: str | None = None
