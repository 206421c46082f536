"""What is said of how one kind of number is worked out; knows no kind and computes nothing."""

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
