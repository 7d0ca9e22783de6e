/* What the files here that are needed at once use only later, or not at all. */
export { buildDemo, checkSnapshot, openBackup, protectOnce } from '../../src/index.ts';
