type Explain = (error: unknown) => unknown;
type Questions = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * The same questions, of which errors come out explained. An answer that is read bit by bit is explained as long as it is
 * read.
 */
export function explaining<T extends Questions>(questions: T, explain: Explain): T {
  const asked = Object.entries(questions).map(([name, ask]) => [
    name,
    (...args: never[]) => {
      const answer = attempt(() => ask(...args), explain);
      return isGenerator(answer) ? explainEach(answer, explain) : answer;
    },
  ]);
  return Object.fromEntries(asked);
}

function attempt<T>(work: () => T, explain: Explain): T {
  try {
    return work();
  } catch (error) {
    throw explain(error);
  }
}

function isGenerator(answer: unknown): answer is Generator<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.iterator in answer && 'next' in answer;
}

/** An error of whoever reads passes unchanged: it is thrown in a place of theirs. */
function* explainEach(answer: Generator<unknown>, explain: Explain): Generator<unknown> {
  try {
    for (;;) {
      const next = attempt(() => answer.next(), explain);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    answer.return(undefined);
  }
}
