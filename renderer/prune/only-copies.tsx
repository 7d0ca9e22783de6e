import type { OnlyCopy } from '../../src/model/prune.ts';
import { onlyCopyWords } from '../../words/prune.ts';
import { useNow } from '../ask/now.ts';
import type { Request } from '../ask/use-request.ts';
import { Icon } from '../parts/icons.tsx';

/** Warns of what no other snapshot could bring back. Until that is known, it says that it is looked for. */
export function OnlyCopies({ copies }: { readonly copies: Request<readonly OnlyCopy[]> }) {
  const now = useNow();
  const { value, busy } = copies;
  return (
    <div role="status">
      {busy && <p className="dim">Looking whether anything could not be brought back without these…</p>}
      {value !== null && value.length > 0 && (
        <div className="note warn">
          <Icon name="warning" />
          <ul>
            {value.map((copy) => (
              <li key={copy.id}>{onlyCopyWords(copy, now)}</li>
            ))}
            <li>As long as the trash is not emptied, they can be put back.</li>
          </ul>
        </div>
      )}
    </div>
  );
}
