import { createContext, useContext } from 'react';
import type { Rules } from '../../src/model/rules.ts';

const RulesContext = createContext<Rules | null>(null);

/** Provides the rules of the open folder's application: its numbers and its names for things. */
export const RulesProvider = RulesContext.Provider;

/** The rules of the open folder. Works only inside a `RulesProvider`. */
export function useRules(): Rules {
  const rules = useContext(RulesContext);
  if (rules === null) throw new Error('there is no open folder here');
  return rules;
}
