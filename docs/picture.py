"""Takes the picture of the page that the README shows: its top, and its first figures below.

    python docs/picture.py results/geneva/report.html docs/page.png

Needs chromium, and Pillow, which comes with the `report` extra. `make picture` does it all.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

WIDTH, TOP, FIGURES = 1120, 908, 735
COLOURS = 128
SEAM = (208, 215, 222)
"""Colour of the line between the two parts, which do not follow on each other."""


def shot(browser: str, page: Path, without: str, height: int, folder: Path) -> Image.Image:
    """Photograph a page in the light, from its top on, without some of its parts."""
    copy, target = folder / "page.html", folder / "page.png"
    rule = f"<style>{without} {{ display: none }}</style></head>" if without else "</head>"
    copy.write_text(page.read_text(encoding="utf-8").replace("</head>", rule, 1), encoding="utf-8")
    subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--blink-settings=preferredColorScheme=1", f"--window-size={WIDTH},{height}",
         f"--screenshot={target}", copy.as_uri()],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return Image.open(target).convert("RGB").crop((0, 0, WIDTH, height))


def main(page: Path, target: Path) -> None:
    """Put the two parts under each other, and write few colours, so that the file is small."""
    browser = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None
    )
    if browser is None:
        sys.exit("chromium must be installed to photograph the page")
    with tempfile.TemporaryDirectory() as name:
        top = shot(browser, page, "", TOP, Path(name))
        below = shot(browser, page, "header, #answer", FIGURES, Path(name))
    whole = Image.new("RGB", (WIDTH, TOP + 2 + FIGURES), SEAM)
    whole.paste(top, (0, 0))
    whole.paste(below, (0, TOP + 2))
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
