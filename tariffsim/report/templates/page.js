"use strict";
(() => {
  const plain = (cell) => (cell ? cell.dataset.value || cell.textContent.trim() : "");
  const number = (text) => Number(text.replace(/\u2212/g, "-").replace(/[,%\s]/g, ""));
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en") : x - y;
  };
  const sort = (table, column, head) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    rows.sort((a, b) => compare(plain(a.cells[column]), plain(b.cells[column])) * (down ? -1 : 1));
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table.sort")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, column, head));
    });
  }
  for (const section of document.querySelectorAll("section.folds")) {
    const folds = section.querySelectorAll("details.fold");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "all";
    button.textContent = "Unfold all";
    button.addEventListener("click", () => {
      const open = button.textContent === "Unfold all";
      for (const fold of folds) fold.open = open;
      button.textContent = open ? "Fold all" : "Unfold all";
    });
    if (folds.length) folds[0].before(button);
  }
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
