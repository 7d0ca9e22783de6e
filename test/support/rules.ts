import { defaultProfile, rulesOf } from '../../src/host/profile.ts';

/** What the texts of the window know of the seed's own profile. */
export const defaultRules = rulesOf(defaultProfile);
