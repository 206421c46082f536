"""GSIM for one industry, in plain Python: own and cross elasticities cell by cell, then Gauss."""

from collections.abc import Sequence

Table = Sequence[Sequence[float]]


def solve_gsim(
    trade: Table,
    before: Table,
    after: Table,
    demand: Sequence[float],
    substitution: Sequence[float],
    supply: Sequence[float],
) -> tuple[list[float], list[list[float]]]:
    """World prices and new trade; tables are [importer][exporter], rates are powers."""
    n = len(trade)
    everyone = range(n)

    def import_share(v: int, i: int) -> float:
        return trade[v][i] * before[v][i] / sum(trade[v][r] * before[v][r] for r in everyone)

    def export_share(v: int, i: int) -> float:
        return trade[v][i] / sum(trade[w][i] for w in everyone)

    def elasticity(v: int, i: int, r: int) -> float:
        share = import_share(v, r)
        if i == r:
            return -share * demand[v] - (1 - share) * substitution[v]
        return share * (substitution[v] - demand[v])

    gone = [[after[v][i] / before[v][i] - 1 for i in everyone] for v in everyone]
    matrix = [[0.0] * n for _ in everyone]
    right = [0.0] * n
    for i in everyone:
        matrix[i][i] += supply[i]
        for v in everyone:
            for r in everyone:
                pull = export_share(v, i) * elasticity(v, i, r)
                matrix[i][r] -= pull
                right[i] += pull * gone[v][r]
    price = gauss(matrix, right)
    new = [
        [
            trade[v][i]
            * (1 + price[i])
            * (1 + sum(elasticity(v, i, r) * (price[r] + gone[v][r]) for r in everyone))
            for i in everyone
        ]
        for v in everyone
    ]
    return price, new


def gauss(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve by elimination with row exchanges."""
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    n = len(rows)
    for k in range(n):
        pivot = max(range(k, n), key=lambda r: abs(rows[r][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for r in range(k + 1, n):
            factor = rows[r][k] / rows[k][k]
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[k], strict=True)]
    answer = [0.0] * n
    for k in reversed(range(n)):
        rest = sum(rows[k][c] * answer[c] for c in range(k + 1, n))
        answer[k] = (rows[k][n] - rest) / rows[k][k]
    return answer
