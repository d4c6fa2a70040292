/** A place in one line that counts columns as CommonMark does: a tab runs to the next multiple of four. */
export type Cursor = {
  text: string;
  at: number;
  end: number;
  column: number;
  /** Columns left of a tab that was used in part. */ spare: number;
};

export const startCursor = (text: string, start: number, end: number): Cursor => ({
  text,
  at: start,
  end,
  column: 0,
  spare: 0,
});

/** Nothing but spaces and tabs is left. */
export function atEnd(cursor: Cursor): boolean {
  for (let at = cursor.at; at < cursor.end; at++) if (cursor.text[at] !== " " && cursor.text[at] !== "\t") return false;
  return true;
}

/** Columns of white space from here. */
export function indentOf(cursor: Cursor): number {
  let column = cursor.column;
  for (let at = cursor.at; at < cursor.end; at++) {
    if (cursor.text[at] === " ") column++;
    else if (cursor.text[at] === "\t") column += 4 - (column % 4);
    else break;
  }
  return column - cursor.column + cursor.spare;
}

/** Moves on by up to `columns` columns of white space. */
export function advanceCursor(cursor: Cursor, columns: number): void {
  for (let left = columns; left > 0; left--) {
    if (cursor.spare > 0) {
      cursor.spare--;
      continue;
    }
    const char = cursor.at < cursor.end ? cursor.text[cursor.at] : "";
    if (char === " ") cursor.column++;
    else if (char === "\t") {
      const width = 4 - (cursor.column % 4);
      cursor.column += width;
      cursor.spare = width - 1;
    } else return;
    cursor.at++;
  }
}

export function skipIndent(cursor: Cursor): void {
  advanceCursor(cursor, indentOf(cursor));
}
