import * as catalog from '../catalog/catalog.ts';
import { measure } from './measure.ts';

/* The list, measured as the other actions are. It stands apart because it is what opens first: see `index.ts`. */

export const listSnapshots: typeof catalog.listSnapshots = (folder, options = {}, task = {}) =>
  measure('check', { folder }, task, (measured) => catalog.listSnapshots(folder, options, measured));

export const verifySnapshots: typeof catalog.verifySnapshots = (folder, ids, task = {}) =>
  measure('check', { folder }, task, (measured) => catalog.verifySnapshots(folder, ids, measured));
