"""One year's trade among economies with what links their sectors, as far as a table tells it.

Knows no law, no model and no file: a user's table, whatever its layout was, with names and shapes.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.axes import Axis


@attrs.frozen(kw_only=True, eq=False)
class Accounts:
    """One year of trade, and of input-output accounts where there are any; money in USD million.

    Parameters
    ----------
    name : str
        The table's name.
    layout : str
        Which layout it was read from.
    economy, sector : Axis
        Each economy is importer and exporter.
    customs_value : (importer, exporter, sector), USD million
        Sales of all uses; own trade, where the table has it, on the diagonal.
    intermediate : (exporter, used sector, importer, using sector), USD million, optional
        Sales between industries.
    final : (exporter, sector, importer), USD million, optional
        Sales to final demand, all kinds together.
    value_added : (economy, sector), USD million, optional
    taxes : (economy, sector), USD million, optional
        Taxes less subsidies and other rows that are neither inputs nor value added.
    stated_output : (economy, sector), USD million, optional
        Gross output as the table prints it.
    digest : str
        Hash of the files as read.
    """

    name: str
    layout: str
    economy: Axis
    sector: Axis
    customs_value: Floats = attrs.field(converter=read_only)
    intermediate: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), default=None
    )
    final: Floats | None = attrs.field(converter=attrs.converters.optional(read_only), default=None)
    value_added: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), default=None
    )
    taxes: Floats | None = attrs.field(converter=attrs.converters.optional(read_only), default=None)
    stated_output: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), default=None
    )
    digest: str

    @property
    def gross_output(self) -> Floats:
        """Return what each economy's sector sells, itself included, (economy, sector)."""
        return np.asarray(self.customs_value.sum(axis=0))

    @property
    def outlays(self) -> Floats | None:
        """Return what each sector pays for inputs, value added and taxes, where all are known."""
        if self.intermediate is None or self.value_added is None:
            return None
        paid = self.intermediate.sum(axis=(0, 1)) + self.value_added
        return np.asarray(paid if self.taxes is None else paid + self.taxes)


def input_shares(accounts: Accounts, rate: Floats | None = None) -> Floats:
    """Return the share of each input in the user's gross output, over all who supply it.

    Parameters
    ----------
    accounts : Accounts
        With sales between industries.
    rate : (importer, exporter, sector), fraction, optional
        Duty over customs value: inputs then count with the duty on them.

    Returns
    -------
    (economy, used sector, using sector), fraction
        What is left of one is value added and taxes; zero where nothing is made.

    Raises
    ------
    ValueError
        The table has no sales between industries.
    """
    if accounts.intermediate is None:
        raise ValueError(f"{accounts.name} has no sales between industries; bring such a table")
    if rate is None:
        bought = accounts.intermediate.sum(axis=0).transpose(1, 0, 2)
    else:
        landed = 1.0 + rate.transpose(1, 2, 0)
        bought = np.einsum("iknj,ikn->nkj", accounts.intermediate, landed)
    made = accounts.gross_output[:, None, :]
    return np.asarray(np.divide(bought, made, out=np.zeros(bought.shape), where=made > 0))
