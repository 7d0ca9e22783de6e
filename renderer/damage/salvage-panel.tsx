import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot, ResultOf } from '../../electron/contract.ts';
import type { Salvageable } from '../../src/model/salvage.ts';
import {
  gapWords,
  lostWords,
  salvagedWords,
  savableWords,
  savedWords,
  zeroWords,
} from '../../words/salvage.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

export type SalvagePanelProps = { readonly folderId: FolderId; readonly snapshot: ListedSnapshot };

/** What is whole of a damaged snapshot, what is lost, and a button that saves what is whole as a new file. */
export function SalvagePanel({ folderId, snapshot }: SalvagePanelProps) {
  const found = useRequest('snapshot.salvageable', { folderId, snapshotId: snapshot.id });
  const [news, setNews] = useState<string | null>(null);
  const job = useJob<ResultOf<'snapshot.salvage'>>((saved) => {
    if (saved !== null) setNews(`${salvagedWords(saved)} It is in “${saved.fileName}”.`);
  });
  const save = () => {
    setNews(null);
    void job.run((options) => call('snapshot.salvage', { folderId, snapshotId: snapshot.id }, options));
  };
  if (found.error !== null)
    return found.error.code === 'snapshot-damaged' ? (
      <p className="story">{found.error.message}</p>
    ) : (
      <ErrorNote error={found.error} />
    );
  if (found.busy)
    return <Working progress={found.progress} words="Looking for what is whole" onCancel={found.cancel} />;
  if (found.value === null) return null;
  return (
    <section className="salvage" aria-label="What can be saved">
      <div className="salvage-head">
        <p className="story">{savableWords(found.value)}</p>
        {!job.busy && (
          <Button className="button primary" onPress={save}>
            Save what is whole…
          </Button>
        )}
      </div>
      {job.error !== null && <ErrorNote error={job.error} />}
      {job.busy && <Working progress={job.progress} words="Saving what is whole" onCancel={job.cancel} />}
      <p role="status">{news}</p>
      {zeroWords(found.value) !== null && <p>{zeroWords(found.value)}</p>}
      <SavedTables found={found.value} />
      <p className="dim">
        The damaged file stays as it is. What is saved can be looked at, but not restored as a whole.
      </p>
    </section>
  );
}

function SavedTables({ found }: { readonly found: Salvageable }) {
  const saved = found.tables.filter(({ state }) => state !== 'missing');
  const lost = lostWords(found);
  return (
    <>
      <ul className="saved-tables">
        {saved.map((table) => (
          <li key={table.name}>
            <span>{table.name}</span>
            <span className="dim">{savedWords(table)}</span>
            {gapWords(table).map((words) => (
              <span key={words} className="saved-gap">
                {words}
              </span>
            ))}
          </li>
        ))}
      </ul>
      {lost !== null && <p className="lost">{lost}</p>}
    </>
  );
}
