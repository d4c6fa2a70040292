type Range = { from: number; end: number };

/** Whether two lines of a paragraph are the head of a GFM table: as many cells as delimiters. */
export function isTableHead(head: string, delimiters: string): boolean {
  if (!/[|:]/.test(delimiters)) return false;
  const cells = textsOf(delimiters);
  return cells.every((cell) => /^:?-+:?$/.test(cell)) && textsOf(head).length === cells.length;
}

const textsOf = (line: string): string[] =>
  cellsOf(line, { from: 0, end: line.length }).map(({ from, end }) => line.slice(from, end).trim());

/** The cells of a row: it is cut at each `|` without a backslash, also inside code spans. */
export function cellsOf(text: string, row: Range): Range[] {
  const cells: Range[] = [];
  let from = row.from;
  for (let at = row.from; at < row.end; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "|") {
      cells.push({ from, end: at });
      from = at + 1;
    }
  }
  cells.push({ from, end: row.end });
  const isEmpty = (cell: Range | undefined) => cell !== undefined && text.slice(cell.from, cell.end).trim() === "";
  if (cells.length > 1 && isEmpty(cells[0])) cells.shift();
  if (cells.length > 1 && isEmpty(cells.at(-1))) cells.pop();
  return cells;
}
