import { createContext, useContext } from 'react';
import type { Exactness } from '../../words/moments.ts';

const ExactnessContext = createContext<(iso: string) => Exactness>(() => 'minutes');

/** Tells which of the open folder's moments share their minute with another one. */
export const ExactnessProvider = ExactnessContext.Provider;

/** How exactly the moment of a snapshot has to be written to differ from all others. */
export function useExactness(): (iso: string) => Exactness {
  return useContext(ExactnessContext);
}
