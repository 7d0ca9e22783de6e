import type { PrunePlan } from '../src/model/prune.ts';

type Stay = PrunePlan['stays'][number];

const STAY_WORDS: { readonly [R in Stay['reason']]: string } = {
  'needed-by-undo': 'Undo of the newest restore needs it',
  'needed-at-next-start':
    'the chat app’s next start needs it: an older one would bring back what the restore undid',
  'safety-copy-too-young': 'a young safety copy only goes when picked by hand',
  unreadable: 'it can’t be read, so it is kept',
};

/** Why a snapshot stays although it was named. */
export function stayWords(reason: Stay['reason']): string {
  return STAY_WORDS[reason];
}
