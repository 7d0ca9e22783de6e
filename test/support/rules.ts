import { defaultProfile, rulesOf } from '../../src/host/profile.ts';

/** What the words are told of the seed's own profile. */
export const defaultRules = rulesOf(defaultProfile);
