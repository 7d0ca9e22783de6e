/* What the files that are loaded at once call only later, or never. */
export { buildDemo, checkSnapshot, openBackup, protectOnce } from '../../src/index.ts';
