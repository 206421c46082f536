"""Jupyter notebooks without Jupyter: runs their cells, keeps what they show, reads them as pages.

Sphinx extension: a notebook is parsed as the Markdown page that it amounts to, from the outputs
stored in it. Run as a program, it executes the notebooks named and stores the outputs:

    python docs/_ext/notebooks.py docs/notebooks/*.ipynb

Lines that begin with a percent sign are left to Jupyter.
"""

import ast
import base64
import contextlib
import html
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Output = dict[str, Any]


def text_of(lines: list[str] | str) -> str:
    """Join what a notebook may hold as one text or as lines."""
    return lines if isinstance(lines, str) else "".join(lines)


def shown(value: object) -> dict[str, list[str] | str]:
    """Give what Jupyter would show of a value: its text, and a picture or a table if it has one."""
    found: dict[str, list[str] | str] = {"text/plain": repr(value).splitlines(keepends=True)}
    if hasattr(value, "savefig"):
        stream = io.BytesIO()
        value.savefig(stream, format="png", dpi=80, metadata={"Software": None})
        found["image/png"] = base64.b64encode(stream.getvalue()).decode()
    elif hasattr(value, "_repr_html_"):
        found["text/html"] = value._repr_html_().splitlines(keepends=True)
    return found


def run_cell(source: str, names: dict[str, object], where: str) -> list[Output]:
    """Run one code cell in a namespace; what it prints, and the value of its last line."""
    own = "\n".join("" if line.startswith("%") else line for line in source.splitlines())
    tree = ast.parse(own, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, where, "exec"), names)
        value = eval(compile(ast.Expression(last.value), where, "eval"), names) if last else None
    outputs: list[Output] = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines})
    if value is not None:
        outputs.append({"output_type": "execute_result", "metadata": {}, "data": shown(value)})
    return outputs


def executed(notebook: Notebook, name: str) -> Iterator[tuple[dict[str, Any], list[Output]]]:
    """Run the code cells in order, in one namespace; each with its outputs."""
    names: dict[str, object] = {}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        outputs = run_cell(text_of(cell["source"]), names, f"{name}, cell {number}")
        for output in outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = number
        yield cell, outputs


def markdown(notebook: Notebook) -> str:
    """Write a notebook as a Markdown page: its text, its code, and the outputs stored in it."""
    parts = []
    for cell in notebook["cells"]:
        source = text_of(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        parts += [_shown_on_page(output, cell["metadata"]) for output in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _shown_on_page(output: Output, metadata: dict[str, str]) -> str:
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "image/png" in data:
        alt = html.escape(metadata["alt"], quote=True)
        picture = f"data:image/png;base64,{text_of(data['image/png']).strip()}"
        return f'```{{raw}} html\n<img src="{picture}" alt="{alt}">\n```'
    if "text/html" in data:
        return f"```{{raw}} html\n{text_of(data['text/html'])}\n```"
    return f"```text\n{text_of(data['text/plain']).rstrip()}\n```"


def store(path: Path) -> None:
    """Run a notebook in an empty folder and store its outputs in it."""
    notebook = json.loads(path.read_text())
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for number, (cell, outputs) in enumerate(executed(notebook, path.name), start=1):
                cell["outputs"], cell["execution_count"] = outputs, number
        finally:
            os.chdir(here)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def setup(app: Any) -> dict[str, bool]:
    """Teach Sphinx to read notebooks."""
    from myst_parser.parsers.sphinx_ import MystParser  # noqa: PLC0415 - for building pages only

    class NotebookParser(MystParser):
        supported = ("notebook",)

        def parse(self, inputstring: str, document: Any) -> None:
            super().parse(markdown(json.loads(inputstring)), document)

    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        store(Path(argument).resolve())
