import { createContext, useContext } from 'react';
import type { Rules } from '../../src/model/rules.ts';

const RulesContext = createContext<Rules | null>(null);

/** Gives the words the numbers and names that the open folder's application sets. */
export const RulesProvider = RulesContext.Provider;

/** The rules of the open folder. Only below its `RulesProvider`. */
export function useRules(): Rules {
  const rules = useContext(RulesContext);
  if (rules === null) throw new Error('there is no open folder here');
  return rules;
}
