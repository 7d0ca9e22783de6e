import type { OnlyCopy } from '../../src/model/prune.ts';
import { onlyCopyWords } from '../../words/prune.ts';
import { useNow } from '../ask/now.ts';
import type { Request } from '../ask/use-request.ts';
import { Icon } from '../parts/icons.tsx';

/** Warns about anything that no other snapshot could bring back. Says so while that is being checked, and where it could not be. */
export function OnlyCopies({ copies }: { readonly copies: Request<readonly OnlyCopy[]> }) {
  const now = useNow();
  const { value, busy, error } = copies;
  return (
    <div role="status">
      {busy && <p className="dim">Checking whether these hold the only copy of anything…</p>}
      {error !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>It could not be checked whether these hold the only copy of anything.</span>
        </p>
      )}
      {value !== null && value.length > 0 && (
        <div className="note warn">
          <Icon name="warning" />
          <ul>
            {value.map((copy) => (
              <li key={copy.id}>{onlyCopyWords(copy, now)}</li>
            ))}
            <li>You can put them back until you empty the trash.</li>
          </ul>
        </div>
      )}
    </div>
  );
}
