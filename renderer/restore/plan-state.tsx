import { Button } from 'react-aria-components';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';
import type { ShownPlan } from './shown-plan.ts';

/** Shows that the plan is still being made, could not be made, or is outdated because the database has changed. */
export function PlanState({ planning }: { readonly planning: ShownPlan }) {
  const { plan, error, outdated } = planning;
  return (
    <div role="status">
      {error !== null && (
        <ErrorNote error={error}>
          <Button className="button" onPress={planning.renew}>
            Try again
          </Button>
        </ErrorNote>
      )}
      {plan === null && error === null && (
        <Working progress={planning.progress} words="Working out what would happen" />
      )}
      {outdated && (
        <div className="consent">
          <p>
            <b>The database has changed since these figures were worked out.</b>
          </p>
          <Button className="button" onPress={planning.accept}>
            Show the new figures
          </Button>
        </div>
      )}
    </div>
  );
}
