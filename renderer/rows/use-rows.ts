import { useEffect, useRef } from 'react';
import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { RowsSubject } from '../../src/model/rows.ts';
import { call } from '../ask/api.ts';
import { type Request, useRequest } from '../ask/use-request.ts';

export type OpenRows = ResultOf<'rows.open'>;

/**
 * Opens a comparison, and again whenever `moment` changes. The last one stays until the next one is there, and is closed
 * when nobody shows it any more.
 */
export function useRows(folderId: FolderId, subject: RowsSubject, moment: unknown): Request<OpenRows> {
  const opened = useRequest('rows.open', { folderId, ...subject });
  const { reload, value } = opened;
  const last = useRef(moment);
  useEffect(() => {
    if (last.current === moment) return;
    last.current = moment;
    reload();
  }, [moment, reload]);
  const rowsId = value?.rowsId;
  useEffect(() => {
    if (rowsId === undefined) return;
    return () => void call('rows.close', { rowsId });
  }, [rowsId]);
  return opened;
}
