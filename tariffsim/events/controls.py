"""Events about what may leave an economy: export controls, licences, easings.

A control is a licence rule with an approval share and a delay, both as intervals because nobody
publishes them; it is not an on-off ban unless its stance says so.
"""

import datetime as dt
from typing import ClassVar, Literal

import attrs

from tariffsim.events.base import Event, until_after
from tariffsim.scopes import DayInterval, Partners, Products, ShareInterval
from tariffsim.terms import Economy, Slug

Stance = Literal["licence", "presumption-of-denial", "ban", "notification"]


@attrs.frozen(kw_only=True)
class ControlSet(Event):
    """An export control came into force.

    Parameters
    ----------
    control : Slug
        The control's name.
    imposer : Economy
        Whose exports.
    destinations : Partners
        Where the goods may no longer go freely.
    products : Products
        Goods by HS code; an empty list where the control names no goods.
    materials : tuple of Slug
        What it names beyond HS codes: elements, technologies, services.
    stance : {'licence', 'presumption-of-denial', 'ban', 'notification'}
        What an exporter must obtain.
    approval : ShareInterval
        Share of the normal flow that is licensed once processed.
    delay_days : DayInterval
        Days from application to licence.
    authority : Slug
        Legal authority.
    legal_basis : str, optional
        The act or announcement.
    quota : str, optional
        A quantity limit in the words of the act.
    """

    kind: ClassVar[str] = "control_set"
    changes_state: ClassVar[bool] = True

    control: Slug
    imposer: Economy
    destinations: Partners
    products: Products
    approval: ShareInterval
    delay_days: DayInterval
    authority: Slug
    materials: tuple[Slug, ...] = ()
    stance: Stance = "licence"
    legal_basis: str | None = None
    quota: str | None = None


@attrs.frozen(kw_only=True)
class ControlEased(Event):
    """A control's practice changed: a new approval share and delay from the effective day.

    Parameters
    ----------
    control : Slug
        Which control.
    approval : ShareInterval
        Share of the normal flow now licensed.
    delay_days : DayInterval
        Days from application to licence.
    """

    kind: ClassVar[str] = "control_eased"
    changes_state: ClassVar[bool] = True

    control: Slug
    approval: ShareInterval
    delay_days: DayInterval


@attrs.frozen(kw_only=True)
class GeneralLicenceGranted(Event):
    """Part of the controlled flow was freed without individual licences.

    Parameters
    ----------
    control : Slug
        Which control.
    destinations : Partners
        For whom.
    share : ShareInterval
        Share of the flow that is freed.
    until : date, optional
        First day on which the licence no longer holds.
    """

    kind: ClassVar[str] = "general_licence_granted"
    changes_state: ClassVar[bool] = True

    control: Slug
    destinations: Partners
    share: ShareInterval
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        until_after(self.until, self.effective)
