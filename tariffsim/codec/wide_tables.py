"""Input-output tables with a row and a column an industry, read row by row; opens no file.

OECD's ICIO, WIOD, and a folder of plain files are one shape under different labels.
"""

import csv
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tariffsim.accounts import Accounts
from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.codec.concordance import Concordance
from tariffsim.codec.fault_tally import FaultTally
from tariffsim.codec.wide_labels import (
    WIOD_LABELS,
    Label,
    Layout,
    joined,
    wiod_columns,
    wiod_row,
)
from tariffsim.finding import Finding


class WideReader:
    """An input-output table as far as its files have been read.

    Parameters
    ----------
    layout : {'icio', 'wiod', 'folder'}
    concordance : Concordance
    """

    def __init__(self, layout: Layout, concordance: Concordance) -> None:
        self.layout, self.concordance = layout, concordance
        self.economy: dict[str, int] = {}
        self.sector: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.sales: Floats = np.zeros((0, 0))
        self.final: Floats = np.zeros((0, 0))
        self.rows: dict[str, Floats | None] = {"added": None, "taxes": None, "output": None}
        self.found: list[Finding] = []
        self.seen: set[tuple[str, str]] = set()
        self.given: set[int] = set()

    def read(self, lines: Iterable[str], *, file: str) -> None:
        """Read one file: the whole table, or one of a folder's."""
        tally = FaultTally(file)
        rows = csv.reader(lines)
        head = [name.strip().removeprefix("\ufeff") for name in next(rows, [])]
        width = len(WIOD_LABELS) if self.layout == "wiod" else 1
        columns = self._columns(head, width, tally)
        if columns is not None:
            targets = self._targets(columns)
            for row in rows:
                if any(row):
                    self._row(row, width, len(head), targets, tally, rows.line_num, head)
        self.found += tally.findings()

    def _columns(self, head: list[str], width: int, tally: FaultTally) -> list[Label] | None:
        """Read the first line; None where nothing can be read with it."""
        if self.layout == "wiod" and tuple(head[:width]) != WIOD_LABELS:
            message = f"the first columns must be {', '.join(WIOD_LABELS)}, got {head[:width]}"
            tally.add("columns", f"{message}; name another layout", line=1)
            return None
        texts = head[width:]
        twice = sorted({text for text in texts if texts.count(text) > 1}) if texts else []
        for text in twice[:10]:
            message = f"column {text} must stand once, got it again; drop or rename one"
            tally.add("repeated-column", message, line=1)
        labels: list[Label | str] = []
        if self.layout == "wiod":
            labels = wiod_columns(texts, self.concordance)
        else:
            for text in texts:
                try:
                    labels.append(joined(text, self.concordance))
                except ValueError as error:
                    labels.append(f"column {text}: {error}")
        for label in labels:
            if isinstance(label, str):
                tally.add("unknown-column", label, line=1)
        known = [label for label in labels if isinstance(label, Label)]
        if len(known) < len(labels) or twice:
            return None
        self._axes(known)
        return known

    def _axes(self, labels: list[Label]) -> None:
        """Take economies and sectors from the first file that names industries."""
        if not self.economy:
            for label in labels:
                if label.part == "industry" and label.economy is not None:
                    self.economy.setdefault(label.economy, len(self.economy))
                    self.sector.setdefault(label.sector, len(self.sector))
            count = len(self.economy) * len(self.sector)
            self.sales = np.zeros((count, count))
            self.final = np.zeros((count, len(self.economy)))

    def _targets(self, labels: list[Label]) -> npt.NDArray[np.int64]:
        """Number what each column adds to: industries, final demand, the printed total, nothing."""
        count, economies = len(self.sales), len(self.economy)
        found = []
        for label in labels:
            if label.part == "industry":
                found.append(self._number(label))
            elif label.part == "final" and label.economy in self.economy:
                found.append(count + self.economy[label.economy])
            elif label.part == "output":
                found.append(count + economies)
            else:
                found.append(count + economies + 1)
        return np.array(found, dtype=np.int64)

    def _number(self, label: Label) -> int:
        """Number an industry; beyond all where the first file has none such."""
        economy = self.economy.get(label.economy or "")
        sector = self.sector.get(label.sector)
        if economy is None or sector is None:
            return len(self.sales) + len(self.economy) + 1
        return economy * len(self.sector) + sector

    def _row(
        self,
        row: list[str],
        width: int,
        length: int,
        targets: npt.NDArray[np.int64],
        tally: FaultTally,
        line: int,
        head: list[str],
    ) -> None:
        if len(row) != length:
            message = f"a row must have {length} cells, got {len(row)}; count the commas"
            tally.add("cells", message, line=line)
            return
        label = self._row_label(row, width, tally, line)
        if label is None:
            return
        values = self._values(row[width:], head[width:], tally, line)
        if label.part == "industry":
            self._check_negative(values, targets, tally, line, row[0])
        sums = np.zeros(len(self.sales) + len(self.economy) + 2)
        np.add.at(sums, targets, values)
        self._add(label, sums, tally, line)

    def _row_label(self, row: list[str], width: int, tally: FaultTally, line: int) -> Label | None:
        text = " ".join((row[2], row[0])) if self.layout == "wiod" else row[0].strip()
        key = (tally.file, text if self.layout != "wiod" else f"{text} {row[3]}")
        if key in self.seen:
            message = f"row {text} must stand once, got it again; add the rows up, or drop one"
            tally.add("repeated-row", message, line=line)
            return None
        self.seen.add(key)
        try:
            if self.layout == "wiod":
                cells = dict(zip(WIOD_LABELS, row[:width], strict=True))
                label = wiod_row(cells, self.concordance)
                if label.part == "industry":
                    self.names.setdefault(label.sector, cells["IndustryCode"].strip())
            else:
                label = joined(text, self.concordance)
        except ValueError as error:
            tally.add("unknown-row", f"row {text}: {error}", line=line)
            return None
        if label.part == "industry" and self._number(label) >= len(self.sales):
            message = f"row {text} must have a column of its own, got none; add it, or drop the row"
            tally.add("unknown-row", message, line=line)
            return None
        return label

    def _values(self, cells: list[str], head: list[str], tally: FaultTally, line: int) -> Floats:
        try:
            values = np.array(cells, dtype=np.float64)
            if np.isfinite(values).all():
                return values
        except ValueError:
            pass
        values = np.zeros(len(cells))
        for place, cell in enumerate(cells):
            try:
                values[place] = float(cell) if cell.strip() else 0.0
            except ValueError:
                values[place] = np.nan
            if not np.isfinite(values[place]):
                message = f"{head[place]} must be a plain number, got {cell!r}; write 0 for nothing"
                tally.add("bad-value", message, line=line)
                values[place] = 0.0
        return values

    def _check_negative(
        self, values: Floats, targets: npt.NDArray[np.int64], tally: FaultTally, line: int, row: str
    ) -> None:
        """Note cells below zero between industries; stocks in final demand may fall."""
        low = (values < 0) & (targets < len(self.sales))
        if low.any():
            count, total = int(low.sum()), float(values[low].sum())
            message = (
                f"sales to industries must not be negative, got {count} such cells in row {row}, "
                f"{total:,.3f} together; set them to zero and balance again"
            )
            tally.add("negative-cells", message, line=line, severity="warning")

    def _add(self, label: Label, sums: Floats, tally: FaultTally, line: int) -> None:
        count, economies = len(self.sales), len(self.economy)
        if label.part == "industry":
            row = self._number(label)
            self.given.add(row)
            self.sales[row] += sums[:count]
            self.final[row] += sums[count : count + economies]
        elif label.part in self.rows:
            held = self.rows[label.part]
            self.rows[label.part] = sums[:count] if held is None else held + sums[:count]
        elif label.part == "final":
            message = "row must be an industry's, or value added, taxes or output, got final demand"
            tally.add("unknown-row", f"{message}; transpose the table", line=line)

    def accounts(self, *, name: str, file: str) -> tuple[Accounts | None, tuple[Finding, ...]]:
        """Give what was read.

        Returns
        -------
        Accounts or None
            None where a fault is an error.
        findings : tuple of Finding
        """
        tally = FaultTally(file)
        sectors = list(self.sector)
        for number in sorted(set(np.flatnonzero(self.sales.any(axis=0)).tolist()) - self.given):
            economy = list(self.economy)[number // len(sectors)]
            message = (
                f"{economy} {sectors[number % len(sectors)]} must have a row of sales, got inputs "
                "alone; look whether the file was cut off"
            )
            tally.add("missing-row", message, line=1)
        if not self.given and not any(finding.severity == "error" for finding in self.found):
            tally.add("no-rows", "the table must have sales, got none; name another file", line=1)
        findings = (*self.found, *tally.findings())
        if any(finding.severity == "error" for finding in findings):
            return None, findings
        shape = (len(self.economy), len(sectors))
        sales = self.sales.reshape(*shape, *shape)
        final = self.final.reshape(*shape, len(self.economy))
        trade = (sales.sum(axis=3) + final).transpose(2, 0, 1)
        parts = {
            part: None if values is None else values.reshape(shape)
            for part, values in self.rows.items()
        }
        return Accounts(
            name=name,
            layout=self.layout,
            economy=Axis("economy", list(self.economy)),
            sector=Axis("sector", [self.names.get(sector, sector) for sector in sectors]),
            customs_value=trade,
            intermediate=sales,
            final=final,
            value_added=parts["added"],
            taxes=parts["taxes"],
            stated_output=parts["output"],
            digest="",
        ), findings
