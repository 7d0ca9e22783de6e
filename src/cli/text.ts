/* Building blocks of what the command line prints for people. */

type Column = { readonly title: string; readonly align: 'left' | 'right' };
export const left = (title: string): Column => ({ title, align: 'left' });
export const right = (title: string): Column => ({ title, align: 'right' });

/** Lines of a table with aligned columns. Cells are made printable, because names may come from a hostile file. */
export function alignTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(toPrintable))];
  const widths = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, line[index]?.length ?? 0), 0),
  );
  return lines.map((line) =>
    columns
      .map(({ align }, index) => {
        const cell = line[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Text that a terminal only prints: control and formatting characters are shown as escapes such as `\\u{1b}`. */
export function toPrintable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

const MOST_LINES = 20;

/** The first lines of a long list, and one line that counts the rest. A single line is never replaced by a count. */
export function fold(lines: readonly string[], sayRest: (rest: number) => string): readonly string[] {
  if (lines.length <= MOST_LINES + 1) return lines;
  return [...lines.slice(0, MOST_LINES), sayRest(lines.length - MOST_LINES)];
}
