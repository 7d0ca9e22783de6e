import * as catalog from '../catalog/catalog.ts';
import { measure } from './measure.ts';

/* The list, measured as the other actions are. It stands apart because it is what opens first: see `index.ts`. */

/** Without a check, there is nothing to report. */
export const listSnapshots: typeof catalog.listSnapshots = (folder, options = {}, task = {}) =>
  options.check === true
    ? measure('check', { folder }, task, (measured) => catalog.listSnapshots(folder, options, measured))
    : catalog.listSnapshots(folder, options, task);

export const verifySnapshots: typeof catalog.verifySnapshots = (folder, ids, task = {}) =>
  measure('check', { folder }, task, (measured) => catalog.verifySnapshots(folder, ids, measured));
