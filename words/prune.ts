import type { PrunePlan } from '../src/model/prune.ts';

type Stay = PrunePlan['stays'][number];

const STAY_WORDS: { readonly [R in Stay['reason']]: string } = {
  'needed-by-undo': 'needed for Undo',
  'needed-at-next-start': 'used at the chat app’s next start',
  'safety-copy-too-young': 'recent safety copies are kept',
  unreadable: 'can’t be read, so it is kept',
};

/** Why a snapshot stays although it was named. */
export function stayWords(reason: Stay['reason']): string {
  return STAY_WORDS[reason];
}

/** Why a snapshot would be removed. */
export function reasonWords(reason: PrunePlan['goes'][number]['reason']): string {
  switch (reason) {
    case 'beyond-newest':
      return 'not one of the newest';
    case 'older-than':
      return 'older';
    case 'chosen':
      return 'selected';
  }
}
