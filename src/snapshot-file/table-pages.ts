import { readAt, type SnapshotBytes } from './bytes.ts';
import { HEADER_BYTES, INTERIOR, listCells } from './schema-pages.ts';
import type { SeePiece } from './seal.ts';

/*
 * The pages of a table form a tree. In a hostile file several pages may refer to the same one, level by level, so that a few
 * kilobytes hold more rows than anybody can read, and one step of SQLite never ends. So the trees are followed before.
 */

/** Knows which pages of a file lead to others. It has to see the whole file first. */
export type PageMap = {
  readonly see: SeePiece;
  /** Whether the trees that begin at these pages have each page once. @throws `snapshot-unreadable` */
  readonly areTrees: (roots: readonly number[]) => Promise<boolean>;
};

export function createPageMap(file: SnapshotBytes, pageBytes: number): PageMap {
  const leads = new Uint8Array(Math.ceil(file.sizeBytes / pageBytes));
  const headOf = (index: number) => (index === 0 ? HEADER_BYTES : 0);
  return {
    see(piece, position) {
      let index = Math.floor(position / pageBytes);
      for (; index < leads.length; index += 1) {
        const at = index * pageBytes + headOf(index) - position;
        if (at >= piece.length) return;
        if (at >= 0 && INTERIOR.has(piece[at] ?? 0)) leads[index] = 1;
      }
    },
    async areTrees(roots) {
      const seen = new Uint8Array(leads.length);
      const waiting = [...roots];
      for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
        const index = page - 1;
        if (seen[index] === 1) return false;
        // SQLite itself says what is wrong with a page that is not there.
        if (index < 0 || index >= leads.length) continue;
        seen[index] = 1;
        if (leads[index] === 0) continue;
        const content = await readAt(file, index * pageBytes, pageBytes);
        if (content.length < pageBytes) continue;
        for (const { below } of listCells(content, headOf(index))) if (below !== null) waiting.push(below);
      }
      return true;
    },
  };
}
