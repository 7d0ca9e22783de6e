import fc from 'fast-check';
import type { SnapshotId } from '../../src/index.ts';
import { act, actAsHost, type Fault, type Real } from './act.ts';
import { lastId } from './content.ts';
import type { HostAction } from './host.ts';
import type { Model } from './model.ts';
import type { Verb } from './verbs.ts';

/* The steps of a sequence. What one is about, such as which snapshot, is chosen among those that are there by then. */

type Step = fc.AsyncCommand<Model, Real>;
/** What it comes to in the state at that time; null: nothing, and it is left out. */
type Choose<T> = (model: Model) => T | null;

/** Adds to a difference all that was done before it. */
async function telling({ told }: Model, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    const story = told.map((line) => `  ${line}`).join('\n');
    throw new Error(`After these steps:\n${story}\n${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function hostStep(words: string, choose: Choose<HostAction>): Step {
  return {
    check: () => true,
    run: (model, real) => telling(model, actAsHost(model, real, choose(model))),
    toString: () => words,
  };
}

function verbStep(words: string, fault: Fault, choose: Choose<Verb>): Step {
  return {
    check: (model) => choose(model) !== null,
    async run(model, real) {
      const verb = choose(model);
      if (verb !== null) await telling(model, act(model, real, verb, fault));
    },
    toString: () => (fault.kind === 'none' ? words : `${words} (${fault.kind} at ${fault.at})`),
  };
}

function nth<T>(list: readonly T[], at: number): T | null {
  return list[list.length === 0 ? 0 : at % list.length] ?? null;
}

const chats = fc.constantFrom('c1', 'c2');
const texts = fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => text.replaceAll('\0', ''));
const number = fc.nat({ max: 40 });

const faults: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('thrown' as const),
      at: fc.integer({ min: 1, max: 60 }),
      code: fc.constantFrom('EIO' as const, 'ENOSPC' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('killed' as const), at: fc.integer({ min: 1, max: 60 }) }),
  },
);

const hosts: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('message' as const, 'memory' as const), chats, texts)
      .map(([kind, chat, text]) =>
        hostStep(`append ${kind} ${chat}`, () => ({ do: 'append', kind, chat, text })),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(chats, fc.nat({ max: 6 })).map(([chat, back]) =>
      hostStep(`rewind ${chat} by ${back}`, ({ held }) => ({
        ...{ do: 'rewind', chat },
        target: Math.max(0, lastId(held) - back),
      })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(number, texts)
      .map(([at, text]) => hostStep(`rewrite memory ${at}`, () => ({ do: 'rewrite', nth: at, text }))),
  },
  { weight: 1, arbitrary: fc.constant(hostStep('start', () => null)) },
);

const ids = ({ snapshots }: Model): readonly SnapshotId[] => [...snapshots.keys()];

/** A restore of the snapshot with that number, newest first. */
function restoring(at: number, wish: Omit<Extract<Verb, { do: 'restore' }>, 'do' | 'id'>): Choose<Verb> {
  return (model) => {
    const id = nth(ids(model).toReversed(), at);
    return id === null ? null : { do: 'restore', id, ...wish };
  };
}

const restores = fc.tuple(faults, number).chain(([fault, at]) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constant(
        verbStep(`restore ${at}`, fault, restoring(at, { mode: 'full', keepNewer: false })),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.constant(
        verbStep(`restore ${at}, keep newer`, fault, restoring(at, { mode: 'full', keepNewer: true })),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constant(
        verbStep(
          `restore the tables of ${at}`,
          fault,
          restoring(at, { mode: 'projections', keepNewer: false }),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary: chats.map((chat) =>
        verbStep(
          `restore ${chat} of ${at}`,
          fault,
          restoring(at, {
            ...{ mode: 'full', keepNewer: false },
            selection: { by: 'chat', chat, withGuessed: false },
          }),
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(['memories'], ['chats', 'memories'])
        .map((tables) =>
          verbStep(
            `restore ${tables.join(' and ')} of ${at}`,
            fault,
            restoring(at, { mode: 'full', keepNewer: false, selection: { by: 'tables', tables } }),
          ),
        ),
    },
  ),
);

/** Undo or Redo, where the history offers one. */
function walking(name: 'undo' | 'redo', fault: Fault): Step {
  return verbStep(name, fault, ({ back, again }) => {
    const step = (name === 'undo' ? back : again).at(-1);
    return step === undefined ? null : { do: name, of: step.copy };
  });
}

const tidying = fc.tuple(faults, fc.array(number, { minLength: 1, maxLength: 3 })).chain(([fault, at]) =>
  fc.constantFrom(
    verbStep(`prune ${at}`, fault, (model) => {
      const chosen = new Set(at.flatMap((one) => nth(ids(model), one) ?? []));
      return chosen.size === 0 ? null : { do: 'prune', ids: [...chosen] };
    }),
    verbStep(`put back ${at}`, fault, ({ trash }) => {
      const one = nth(trash, at[0] ?? 0);
      return one === null ? null : { do: 'put back', trashName: one.trashName, ids: [one.id] };
    }),
    verbStep(`keep ${at[0]}`, fault, (model) => {
      const id = nth(ids(model), at[0] ?? 0);
      return id === null ? null : { do: 'keep', id };
    }),
  ),
);

/** All steps, and how often each comes. */
export const STEPS: readonly fc.Arbitrary<Step>[] = [
  hosts,
  hosts,
  hosts,
  fc
    .tuple(faults, fc.constantFrom('rewind' as const, 'rewind' as const, 'periodic' as const))
    .map(([fault, kind]) => verbStep(`take ${kind}`, fault, () => ({ do: 'take', kind }))),
  restores,
  restores,
  faults.map((fault) => walking('undo', fault)),
  faults.map((fault) => walking('redo', fault)),
  tidying,
];
