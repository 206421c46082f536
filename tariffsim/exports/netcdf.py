"""A result as labelled arrays in one netCDF file: draws of the metrics, bands of the paths."""

import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tariffsim.errors import MissingExtra
from tariffsim.report.bands import QUANTILES, columns
from tariffsim.result import Result, Variable

NEEDED = ("xarray", "h5netcdf", "h5py")


def netcdf_bytes(result: Result) -> bytes:
    """Write a result as netCDF 4.

    Parameters
    ----------
    result : Result
        What to write.

    Returns
    -------
    bytes
        A metric of the headline table has dimensions branch and draw; a monthly path branch,
        quantile and period. Units and labels are attributes.

    Raises
    ------
    MissingExtra
        xarray, h5netcdf or h5py is not installed.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"netCDF needs {', '.join(missing)}; install with: pip install 'tariffsim[netcdf]'"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.nc"
        _dataset(result).to_netcdf(path, engine="h5netcdf")
        return path.read_bytes()


def _dataset(result: Result) -> Any:
    import xarray as xr  # noqa: PLC0415 - an extra, imported where used

    found: dict[str, Any] = {}
    for variable in result.headline:
        values = variable.values[variable.path][:, :, 0]
        found[variable.key] = (("branch", "draw"), values, _attributes(variable))
    for variable in result.paths:
        dimensions = ("branch", "quantile", "period")
        found[variable.key] = (dimensions, _bands(result, variable), _attributes(variable))
    return xr.Dataset(
        found,
        coords={
            "branch": list(result.branch.labels),
            "probability": ("branch", np.asarray(result.probability)),
            "draw": np.arange(result.draws),
            "quantile": list(QUANTILES),
            "period": list(result.period.labels),
        },
        attrs={
            "scenario": result.provenance.scenario,
            "question": result.provenance.question,
            "log": result.provenance.log,
            "known_on": result.provenance.known_on,
            "seed": result.seed,
        },
    )


def _attributes(variable: Variable) -> dict[str, str]:
    return {"units": variable.unit, "long_name": variable.label, "basis": variable.basis}


def _bands(result: Result, variable: Variable) -> Any:
    """Give the bands by branch, quantile and period."""
    by_branch = {
        branch: column.level for column in columns(result, variable) for branch in column.branches
    }
    return np.stack([by_branch[branch] for branch in result.branch.labels])
