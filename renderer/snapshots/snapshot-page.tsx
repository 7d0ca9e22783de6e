import { Button } from 'react-aria-components';
import type { ErrorInfo, FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { Diff } from '../../src/model/diff.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { formatAge } from '../../words/ages.ts';
import { notesOf } from '../../words/diff-notes.ts';
import { formatUtc } from '../../words/moments.ts';
import { formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { retentionWords } from '../../words/retention.ts';
import { fileWords, healthWords, lineageWords, titleWords } from '../../words/snapshots.ts';
import { differsFromNow, tellRestore, tellTables } from '../../words/story.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import type { Revisions } from '../ask/revisions.ts';
import { useRules } from '../ask/rules.ts';
import { isWritable } from '../ask/writable.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { Working } from '../parts/working.tsx';
import { ChangesTable } from './changes-table.tsx';
import { useComparison } from './use-comparison.ts';

export type SnapshotPageProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  readonly facts: FolderFacts;
  readonly revisions: Revisions;
  readonly onRestore: () => void;
  readonly onReveal: () => void;
};

/** One snapshot: what it is, one sentence on what restoring it would do, and the figures by table. */
export function SnapshotPage(props: SnapshotPageProps) {
  const { folderId, snapshot, facts, revisions } = props;
  const now = useNow();
  const exact = useExactness()(snapshot.takenAt);
  const title = titleWords(snapshot, now, exact);
  const { diff, outdated, compareAgain } = useComparison(
    folderId,
    // Without a database there is nothing to compare with, and a snapshot known to be damaged is not read again.
    facts.databaseProblem === null && !isDamaged(snapshot) ? snapshot.id : null,
    revisions,
  );
  const unreadable = isDamaged(snapshot);
  const pointless = diff.value !== null && !differsFromNow(diff.value);
  const possible = diff.error === null && !unreadable && !pointless && isWritable(facts);
  return (
    <section className="page" aria-label={title}>
      <div className="page-head">
        <div>
          <h2>{title}</h2>
          <p className="dim">
            {formatAge(snapshot.takenAt, now)} · {formatUtc(snapshot.takenAt)}
          </p>
        </div>
        <Button className="button" aria-label="Reveal in folder" onPress={props.onReveal}>
          <Icon name="reveal" />
          <span className="roomy">Reveal in folder</span>
        </Button>
        <Button className="button primary" isDisabled={!possible} onPress={props.onRestore}>
          Restore…
        </Button>
      </div>
      {facts.databaseProblem !== null ? (
        <SnapshotCounts snapshot={snapshot} />
      ) : unreadable ? (
        <ErrorNote error={damageOf(snapshot)} />
      ) : diff.error !== null ? (
        <ErrorNote error={diff.error}>
          {canHelp(diff.error) && (
            <Button className="button" onPress={compareAgain}>
              Try again
            </Button>
          )}
        </ErrorNote>
      ) : diff.value === null ? (
        <Working progress={diff.progress} words="Comparing with the database" onCancel={diff.cancel} />
      ) : (
        <>
          {outdated && (
            <div className="note outdated" role="status">
              <span>The database has changed since this was compared.</span>
              <Button className="button" onPress={compareAgain}>
                Compare again
              </Button>
            </div>
          )}
          <ComparisonView diff={diff.value} />
        </>
      )}
      <dl className="about">
        <dt>File</dt>
        <dd>
          <code>{fileWords(snapshot)}</code>, {healthWords(snapshot.health)}
        </dd>
        <dt>Last event</dt>
        <dd>{snapshot.lastEventId === null ? 'not known' : formatNumber(snapshot.lastEventId)}</dd>
        <dt>Retention</dt>
        <dd>{retentionWords(snapshot.retention, facts.rules, now)}</dd>
      </dl>
    </section>
  );
}

function isDamaged({ health }: ListedSnapshot): boolean {
  return health === 'damaged' || health === 'unreadable';
}

/** The damage as an error, with the same text that the list shows. */
function damageOf({ health, healthDetail }: ListedSnapshot): ErrorInfo {
  const code = health === 'damaged' ? 'snapshot-damaged' : 'snapshot-unreadable';
  return { code, message: healthDetail ?? '', detail: {} };
}

/** Whether trying again can help. It cannot for a damaged or unsafe file. */
function canHelp({ code }: ErrorInfo): boolean {
  return code !== 'snapshot-damaged' && code !== 'snapshot-unsafe';
}

/** The content of a snapshot, shown when there is no database to compare it with. */
function SnapshotCounts({ snapshot }: { readonly snapshot: ListedSnapshot }) {
  if (snapshot.tables === null)
    return (
      <p className="story">
        This snapshot has not been read yet. Once it has been, its content is shown here.
      </p>
    );
  return (
    <>
      <p className="story">
        This snapshot holds your chats as they were then, in {count(snapshot.tables.length, 'table')}.
      </p>
      <ul className="same-tables flush">
        {snapshot.tables.map(({ name, rows }) => (
          <li key={name}>
            <span>{name}</span> <span className="dim">{count(rows, 'row')}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function ComparisonView({ diff }: { readonly diff: Diff }) {
  const rules = useRules();
  const notes = notesOf(diff, rules);
  const lineage = lineageWords(diff);
  return (
    <>
      {lineage !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>{lineage}</span>
        </p>
      )}
      <p className="story">
        <StoryText story={tellRestore(diff, rules)} />
      </p>
      <ChangesTable tables={tellTables(diff)} />
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note.key} className={`note ${note.tone}`}>
              {note.tone === 'warn' && <Icon name="warning" />}
              <span>{note.text}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
