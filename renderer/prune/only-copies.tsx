import type { OnlyCopy } from '../../src/model/prune.ts';
import { onlyCopyWords, uncheckedWords } from '../../words/prune.ts';
import { useNow } from '../ask/now.ts';
import type { Request } from '../ask/use-request.ts';
import { Icon } from '../parts/icons.tsx';

export type OnlyCopiesProps = {
  readonly copies: Request<readonly OnlyCopy[]>;
  /** Whether they would be lost with that for good. */
  readonly note: string;
};

/** Warns about content that no other snapshot could bring back. Also shows when the check is running or has failed. */
export function OnlyCopies({ copies, note }: OnlyCopiesProps) {
  const now = useNow();
  const { value, busy, error } = copies;
  return (
    <div role="status">
      {busy && <p className="dim">Checking whether these hold the only copy of anything…</p>}
      {error !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>{uncheckedWords()}</span>
        </p>
      )}
      {value !== null && value.length > 0 && (
        <div className="note warn">
          <Icon name="warning" />
          <ul>
            {value.map((copy) => (
              <li key={copy.id}>{onlyCopyWords(copy, now)}</li>
            ))}
            <li>{note}</li>
          </ul>
        </div>
      )}
    </div>
  );
}
