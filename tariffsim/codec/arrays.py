"""Named arrays to the bytes of an `.npz` file and back; the same arrays give the same bytes.

NumPy's own writer puts the time of day into the archive; this one does not, and compresses
nothing, so that bytes do not depend on a compression library.
"""

import io
import zipfile
from collections.abc import Mapping

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError

NO_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day that a zip archive can name."""


def to_npz(arrays: Mapping[str, Floats]) -> bytes:
    """Write arrays as an uncompressed archive that `numpy.load` reads.

    Parameters
    ----------
    arrays : mapping of str to array
        Floats, in the order in which they are to be kept.

    Returns
    -------
    bytes

    Examples
    --------
    >>> import numpy as np
    >>> made = to_npz({"a": np.array([1.0, 2.0])})
    >>> made == to_npz({"a": np.array([1.0, 2.0])}), from_npz(made)["a"]
    (True, array([1., 2.]))
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=NO_DAY)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            content = io.BytesIO()
            plain = np.ascontiguousarray(array, dtype="<f8")
            np.lib.format.write_array(content, plain, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    return made.getvalue()


def from_npz(content: bytes) -> dict[str, Floats]:
    """Read an archive of arrays; objects are refused.

    Raises
    ------
    InputError
        It is no archive of plain arrays.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: np.asarray(archive[name], dtype=np.float64) for name in archive.files}
    # A damaged archive raises whatever the layer that meets the damage does, EOFError among them.
    except Exception as error:
        raise InputError(
            f"draws must be an archive of plain arrays, got: {error}; run again with --out"
        ) from None
