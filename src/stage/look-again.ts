import type { Stage } from './stage.ts';

/** Runs `use` on stages that are open, and closes them afterwards, the last one first. */
export type WithStages = <T>(
  stages: readonly Pick<Stage, 'close' | 'isSpoiltBy'>[],
  use: () => Promise<T>,
) => Promise<T>;

/**
 * Looks at stages. Where a look fails because a kept stage is not what was kept, that one is forgotten, and `look` runs once
 * more, with a stage that is made anew. @throws what `look` throws
 */
export async function lookAgain<T>(look: (withStages: WithStages) => Promise<T>): Promise<T> {
  let isSpoilt = false;
  const withStages: WithStages = async (stages, use) => {
    try {
      return await use();
    } catch (error) {
      for (const stage of stages) if (await stage.isSpoiltBy(error)) isSpoilt = true;
      throw error;
    } finally {
      for (const stage of stages.toReversed()) await stage.close();
    }
  };
  try {
    return await look(withStages);
  } catch (error) {
    if (!isSpoilt) throw error;
  }
  return look(withStages);
}
