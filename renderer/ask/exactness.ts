import { createContext, useContext } from 'react';
import type { Exactness } from '../../words/moments.ts';

const ExactnessContext = createContext<(iso: string) => Exactness>(() => 'minutes');

/** Provides how exactly the moments of the open folder's snapshots have to be written. */
export const ExactnessProvider = ExactnessContext.Provider;

/** How exactly the moment of a snapshot has to be written so that it differs from all others. */
export function useExactness(): (iso: string) => Exactness {
  return useContext(ExactnessContext);
}
