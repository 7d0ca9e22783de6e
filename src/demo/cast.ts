/** A bot of the demo: who it is, and what its lines are made of. `{thing}` and `{place}` are filled in from its chat. */
export type Bot = {
  readonly id: string;
  readonly name: string;
  readonly persona: string;
  readonly habits: readonly string[];
  readonly sayings: readonly string[];
};

/** One chat of the demo: its bots, and the phrases from which its lines are composed. */
export type Cast = {
  readonly id: string;
  readonly title: string;
  readonly bots: readonly [Bot, Bot];
  readonly places: readonly string[];
  readonly things: readonly string[];
  /** Sentences about the surroundings. */
  readonly air: readonly string[];
  /** What the person does, to follow “I ”. */
  readonly acts: readonly string[];
};

/** The person who chats. */
export const you = {
  name: 'Robin',
  pronouns: 'they/them',
  about: 'Writes down what they hear. Sleeps badly near the sea.',
} as const;
