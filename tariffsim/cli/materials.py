"""The command `materials`: what is known of controlled materials, and which are modelled."""

from pathlib import Path
from typing import Annotated

import typer

from tariffsim.cli.options import AsJson, KnownOn

EXAMPLES = """Examples:

  tariffsim materials

  tariffsim materials gallium

  tariffsim materials --known-on 2025-05-14 --json

  tariffsim materials --sheet my-materials.yaml
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("materials", epilog=EXAMPLES)(materials)


def materials(
    material: Annotated[
        str | None, typer.Argument(metavar="MATERIAL", help="Show this one, with its sources.")
    ] = None,
    *,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE", help="A sheet of your own, over ours.")
    ] = None,
    known_on: KnownOn = None,
    json: AsJson = False,
) -> None:
    """List controlled materials: shares by stage, reliance, uses, and what is not modelled."""
    from tariffsim.cli import show
    from tariffsim.files.materials import load_materials, material_named
    from tariffsim.report.materials import material_text, materials_data, materials_text
    from tariffsim.resolve.profiles import as_known

    facts = load_materials(sheet)
    listed = facts.materials
    if material is not None:
        found = material_named(facts, material)
        listed = {found.material: found}
    if known_on is not None:
        listed = {name: as_known(one, facts.sources, known_on) for name, one in listed.items()}
    if json:
        show.json_out(materials_data(listed, facts.sources, known_on))
    elif material is not None:
        typer.echo(material_text(listed[found.material], facts.sources, width=show.width()))
    else:
        typer.echo(materials_text(listed, facts.sources, known_on, width=show.width()))
