"""Sphinx configuration: MyST pages, autodoc of NumPy docstrings, equations as MathML; offline."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "tariffsim"
author = "The tariffsim authors"
copyright = author

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.doctest",
    "gallery",
    "generated",
    "mathml",
    "notebooks",
]
exclude_patterns = ["_build", "_ext", "gallery"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# The docstrings say shapes and units where the type would stand; the signature stays short.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True

# Docstring examples use the names of their module, so the tests run them there and not here.
doctest_test_doctest_blocks = ""

html_theme = "furo"
html_title = "tariffsim"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
