"""The page and the figures of a result to disk; knows folders, not what is drawn."""

from collections.abc import Sequence
from pathlib import Path

from tariffsim.disk import write_atomically, write_together
from tariffsim.errors import InputError
from tariffsim.files.folders import fitting, load_summary
from tariffsim.files.standing import is_page, is_picture, refuse_other
from tariffsim.report.figures.canvas import standalone
from tariffsim.report.figures.chosen import driver_figures, figures
from tariffsim.report.figures.figure import as_csv
from tariffsim.report.page import page

PAGE = "report.html"


def write_page(
    folder: Path,
    out: Path | None = None,
    *,
    against: Path | None = None,
    sensitivities: Sequence[Path] = (),
) -> Path:
    """Write the page of a result.

    Parameters
    ----------
    folder : Path
        What `tariffsim run --out` wrote.
    out : Path, optional
        The file; ``report.html`` in the folder where left out.
    against : Path, optional
        Folder of an earlier result, for what changed since.
    sensitivities : sequence of Path
        What ``tariffsim sensitivity --out`` wrote, for tornado and Sobol bars.

    Returns
    -------
    Path
        The file written, whole or not at all.

    Raises
    ------
    InputError
        A folder is none of a result, or the file cannot be written or is no page.
    MissingExtra
        jinja2 or matplotlib is not installed.
    """
    target = page_target(folder, out)
    summary = load_summary(folder, sensitivities=sensitivities)
    before = load_summary(against) if against is not None else None
    with fitting(folder):
        text = page(summary, against=before)
    write_atomically(target, text.encode())
    return target


def page_target(folder: Path, out: Path | None) -> Path:
    """Name the file of the page, unless something other than a page stands there.

    Raises
    ------
    InputError
        It would be lost.
    """
    target = out or folder / PAGE
    refuse_other(target, is_page, what="a page")
    return target


def write_figures(
    folder: Path, out: Path, *, sensitivities: Sequence[Path] = ()
) -> tuple[Path, ...]:
    """Write every figure of a result as SVG, with its data as CSV and its text beside it.

    Parameters
    ----------
    folder : Path
        What `tariffsim run --out` wrote.
    out : Path
        Folder for the files; made if absent.
    sensitivities : sequence of Path
        As of `write_page`.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        The folder cannot be made, or is a file; or a file in it that is no figure would be lost.
    """
    summary = load_summary(folder, sensitivities=sensitivities)
    files: dict[str, str] = {}
    with fitting(folder):
        drawn = (*figures(summary), *driver_figures(summary))
        for figure in drawn:
            files[f"{figure.id}.svg"] = standalone(figure)
            files[f"{figure.id}.csv"] = as_csv(figure)
            files[f"{figure.id}.txt"] = f"{figure.title}\n\n{figure.note}\n\n{figure.alt}\n"
    for figure in drawn:
        _refuse_others(out, figure.id)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: must be a folder, got: {error.strerror}; name another") from None
    write_together({out / name: content.encode() for name, content in files.items()})
    return tuple(out / name for name in files)


def _refuse_others(out: Path, id: str) -> None:
    """Refuse to replace what is no figure: its data and its text lie beside its picture."""
    picture = out / f"{id}.svg"
    refuse_other(picture, is_picture, what="a figure", option="--figures")
    for ending in ("csv", "txt"):
        refuse_other(
            out / f"{id}.{ending}",
            lambda _: picture.is_file(),
            what="what goes with a figure",
            option="--figures",
        )
