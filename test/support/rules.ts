import { defaultProfile, rulesOf } from '../../src/host/profile.ts';

/** The rules of the seed's own profile, for the tests of the words. */
export const defaultRules = rulesOf(defaultProfile);
