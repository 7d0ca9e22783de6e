import { fetchPart } from '../../src/index.ts';

/** Fetches what is done by itself once a list is shown, and what most people never ask for. @throws as `fetchPart` */
export const fetchBackground = () => fetchPart(() => import('./background.ts'));
