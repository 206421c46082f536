"""What is asked of a log: a flow between two economies, some goods; knows no log and no duty.

Library and command refuse the same questions here, so that neither answers one that means nothing.
"""

from tariffsim.errors import InputError
from tariffsim.terms import WORLD, Economy, Product, parse_economy, parse_product

UNUSED_CHAPTERS = ("00", "77")
"""There is no chapter 00, and 77 is kept for later use."""
NATIONAL_CHAPTERS = ("98", "99")
"""Left to each country for codes of its own, which stand beside those of the goods."""


def one_economy(code: str) -> Economy:
    """Take an economy that has a law and a border of its own, as everyone together has not.

    Parameters
    ----------
    code : str
        ISO 3166 alpha-3, EU27 or ROW.

    Raises
    ------
    InputError
        It is no such code.

    Examples
    --------
    >>> one_economy("CHN")
    'CHN'
    """
    if not isinstance(code, str):
        raise InputError(f"economy must be a code as text, got {code!r}; as 'USA'")
    if code == WORLD:
        raise InputError(f"economy must be one, got {code}; name one, as USA")
    try:
        return parse_economy(code)
    except ValueError as error:
        raise InputError(str(error)) from None


def flow(importer: str, exporter: str) -> tuple[Economy, Economy]:
    """Take a flow of goods between two economies.

    Parameters
    ----------
    importer, exporter : str
        As `one_economy` takes them.

    Raises
    ------
    InputError
        One of them is no economy, or they are the same.

    Examples
    --------
    >>> flow("USA", "CHN")
    ('USA', 'CHN')
    """
    pair = (one_economy(importer), one_economy(exporter))
    if pair[0] == pair[1]:
        raise InputError(f"importer and exporter must differ, got {importer} twice")
    return pair


def goods(product: str | None) -> Product | None:
    """Take a product code as people write it; None asks for all goods.

    Parameters
    ----------
    product : str, optional
        HS code; dots are dropped.

    Raises
    ------
    InputError
        It is no HS code, or its chapter does not exist.

    Examples
    --------
    >>> goods("8517.13")
    '851713'
    """
    if product is None:
        return None
    if not isinstance(product, str):
        raise InputError(
            f"product must be an HS code as text, got {product!r}; write '{product}', with its "
            "leading zeros"
        )
    try:
        code = parse_product(product)
    except ValueError as error:
        raise InputError(str(error)) from None
    if code[:2] in UNUSED_CHAPTERS:
        raise InputError(
            f"product must lie in a chapter of the Harmonized System, got {product}; there is no "
            f"chapter {code[:2]}"
        )
    return code
