import { useCallback, useEffect, useRef, useState } from 'react';
import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { RowsSubject } from '../../src/model/rows.ts';
import { call } from '../ask/api.ts';
import { type Request, useRequest } from '../ask/use-request.ts';

type OpenRows = ResultOf<'rows.open'>;

export type FollowedRows = Request<OpenRows> & {
  /** Keeps the comparison that is shown until the function that it returns is called. */
  readonly hold: () => () => void;
  /** A newer comparison waits for that. */
  readonly isBehind: boolean;
  /** Told which comparison the rows are drawn from; null: none. It stays open as long, and no further one is opened before. */
  readonly onDrawn: (rowsId: string | null) => void;
};

/**
 * Opens a comparison, and again whenever `moment` changes. The last one stays until the next one is there, and is closed
 * when nobody shows it any more.
 */
export function useRows(folderId: FolderId, subject: RowsSubject, moment: unknown): FollowedRows {
  const opened = useRequest('rows.open', { folderId, ...subject });
  const { reload, value } = opened;
  const [isHeld, setHeld] = useState(false);
  const hold = useCallback(() => {
    setHeld(true);
    return () => setHeld(false);
  }, []);
  const [asked, setAsked] = useState(moment);
  const [drawn, setDrawn] = useState<string | null>(null);
  const isMoving = drawn !== null && value !== null && drawn !== value.rowsId;
  const waits = asked !== moment;
  useEffect(() => {
    if (!waits || isHeld || isMoving) return;
    setAsked(moment);
    reload();
  }, [waits, isHeld, isMoving, moment, reload]);
  // What was asked for before it was held may arrive meanwhile.
  const [shown, setShown] = useState(value);
  if (!isHeld && shown !== value) setShown(value);
  const current = isHeld ? shown : value;
  useClosing([current?.rowsId, value?.rowsId, drawn ?? undefined]);
  return {
    ...opened,
    value: current,
    busy: opened.busy || isMoving,
    hold,
    isBehind: isHeld && (waits || current !== value),
    onDrawn: setDrawn,
  };
}

/** Closes each comparison once it is not among the used ones any more. */
function useClosing(used: readonly (string | undefined)[]): void {
  const open = useRef(new Set<string>());
  const names = used.join(' ');
  useEffect(() => {
    const now = names.split(' ').filter((id) => id !== '');
    for (const id of now) open.current.add(id);
    for (const id of open.current) if (!now.includes(id)) close(open.current, id);
  }, [names]);
  useEffect(() => {
    const { current } = open;
    return () => {
      for (const id of current) close(current, id);
    };
  }, []);
}

function close(open: Set<string>, rowsId: string): void {
  open.delete(rowsId);
  void call('rows.close', { rowsId });
}
