import { useEffect, useState } from 'react';
import { afterDrawing } from '../ask/after-drawing.ts';
import { later } from '../parts/later.tsx';

/*
 * The parts of an open folder that are not needed for its list: a third of the window's code, fetched once the list is
 * shown and before anybody asks for it.
 */

export const timelineView = later(async () => (await import('../timeline/timeline-view.tsx')).TimelineView);
export const snapshotPage = later(async () => (await import('../page/snapshot-page.tsx')).SnapshotPage);
export const selectionPage = later(async () => (await import('../page/selection-page.tsx')).SelectionPage);
export const folderDialog = later(async () => (await import('./folder-dialog.tsx')).FolderDialog);
export const moreMenu = later(async () => (await import('./more-menu.tsx')).MoreMenu);
export const searchPage = later(async () => (await import('../search/search-page.tsx')).SearchPage);

/**
 * Fetches all parts once the window has drawn what it has to draw, in the order in which they are needed. Returns whether
 * they were fetched.
 */
export function useLaterParts(): boolean {
  const [areHere, setHere] = useState(false);
  useEffect(
    () =>
      afterDrawing(async () => {
        for (const part of [snapshotPage, timelineView, moreMenu, folderDialog, searchPage, selectionPage])
          await part.fetch();
        setHere(true);
      }),
    [],
  );
  return areHere;
}
