import type { Cast } from './cast.ts';
import { harbour, lighthouse } from './cast-coast.ts';
import { kitchen, observatory, orchard, train } from './cast-inland.ts';

export const casts: readonly Cast[] = [lighthouse, harbour, train, orchard, observatory, kitchen];
