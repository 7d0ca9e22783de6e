import { useDeferredValue, useEffect, useEffectEvent, useState } from 'react';
import type { ErrorInfo } from '../../electron/contract.ts';
import type { RowsRequest, RowsShape } from '../../src/model/rows.ts';
import { call } from '../ask/api.ts';
import { useRequest } from '../ask/use-request.ts';

type Asked = { readonly rowsId: string; readonly request: RowsRequest };

/** Where a row is in what is shown now, and where it was in what was shown before. */
type Step = { readonly from: number; readonly to: number };

/** What is shown of a table. */
export type ShownRows = Asked & {
  readonly shape: RowsShape;
  /** Where the rows that keys go on from are now. Null: this comparison was shown before, too. */
  readonly moved: {
    /** What was shown before, by `nameOf`. */
    readonly from: string;
    /** Null: it is not there any more, or nothing names it. */
    readonly cursor: Step | null;
    readonly anchor: Step | null;
  } | null;
};

/** Rows by their places in what is shown: the one with the cursor, and the one where a range began. */
type Where = { readonly cursor: number; readonly anchor: number | null };

/** Tells what is shown from anything else that may be. */
export function nameOf({ rowsId, request }: Asked): string {
  return JSON.stringify([rowsId, request]);
}

/**
 * Asks for the rows of a request. What was shown last stays until the next one is there. Another comparison takes its place
 * only when it is known where the rows are in it that keys go on from, and `prepare` is done: no key may mean another row
 * than the one that was seen. While it is held, none does.
 */
export function useShownRows(
  { rowsId, request }: Asked,
  where: () => Where,
  prepare: (rowsId: string) => Promise<void>,
  isHeld: boolean,
): { readonly shown: ShownRows | null; readonly busy: boolean; readonly error: ErrorInfo | null } {
  const { value, busy, error } = useRequest('rows.shape', { rowsId, request });
  const [last, setLast] = useState<ShownRows | null>(null);
  const isMoving = last !== null && last.rowsId !== rowsId;
  if (value !== null && last?.shape !== value && !isMoving)
    setLast({ rowsId, request, shape: value, moved: null });

  const goOn = useEffectEvent(async (from: ShownRows, shape: RowsShape): Promise<ShownRows> => {
    const to = { rowsId, request };
    await prepare(rowsId);
    for (;;) {
      const { cursor, anchor } = whereNow();
      const [ofCursor, ofAnchor] = await Promise.all([follow(cursor, from, to), follow(anchor, from, to)]);
      const now = whereNow();
      // A key may have led on meanwhile.
      if (now.cursor === cursor && now.anchor === anchor)
        return { ...to, shape, moved: { from: nameOf(from), cursor: ofCursor, anchor: ofAnchor } };
    }
  });
  const whereNow = useEffectEvent(where);
  useEffect(() => {
    if (!isMoving || isHeld || value === null) return;
    let isOver = false;
    void goOn(last, value).then((next) => isOver || setLast(next));
    return () => {
      isOver = true;
    };
  }, [isMoving, isHeld, last, value]);
  return { shown: useDeferredValue(last), busy, error };
}

/** Where a row of one comparison is in another one. */
async function follow(row: number | null, from: Asked, to: Asked): Promise<Step | null> {
  if (row === null || row < 0) return null;
  const { rowsId, request } = from;
  const named = await call('rows.named', { rowsId, request, range: { offset: row, limit: 1 } });
  const key = named.ok ? named.value.rows[0]?.key : undefined;
  const place =
    key === undefined ? null : await call('rows.place', { rowsId: to.rowsId, request: to.request, key });
  return place?.ok === true && place.value !== null ? { from: row, to: place.value } : null;
}
