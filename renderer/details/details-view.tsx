import { Button } from 'react-aria-components';
import type { ErrorInfo, ListedSnapshot } from '../../electron/contract.ts';
import type { Diff } from '../../src/model/diff.ts';
import { notesOf } from '../../words/diff-notes.ts';
import { count } from '../../words/plurals.ts';
import { profileLine } from '../../words/profile.ts';
import { retentionWords } from '../../words/retention.ts';
import { damageOf, fileWords, healthWords, isUnwell, lineageWords } from '../../words/snapshots.ts';
import { recordWords, tellRestore, tellTables } from '../../words/story.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { useRequest } from '../ask/use-request.ts';
import { isWritable } from '../ask/writable.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { Working } from '../parts/working.tsx';
import { ChangesTable } from './changes-table.tsx';

/** The comparison with the database: one sentence on what restoring would do, the figures by table, and the file. */
export function DetailsView({ folderId, snapshot, facts, comparison }: SnapshotViewProps) {
  const now = useNow();
  // Where a copy is viewed, it would have to be made once more.
  const isAsked = facts.databaseProblem === null && !facts.viewingCopy;
  const profile = useRequest('folder.profile', isAsked ? { folderId } : null);
  const { diff, outdated, renewing, compareAgain } = comparison;
  return (
    <>
      {facts.databaseProblem !== null ? (
        <SnapshotCounts snapshot={snapshot} />
      ) : isUnwell(snapshot) ? (
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
        <div className="view" aria-busy={renewing}>
          {outdated && (
            <div className="note outdated" role="status">
              <span>The database has changed since this was compared.</span>
              <Button className="button" onPress={compareAgain}>
                Compare again
              </Button>
            </div>
          )}
          <ComparisonView diff={diff.value} />
        </div>
      )}
      <dl className="about">
        <dt>File</dt>
        <dd>
          <code>{fileWords(snapshot)}</code>, {healthWords(snapshot.health)}
        </dd>
        <dt>Last event</dt>
        <dd>{snapshot.lastEventId === null ? 'not known' : String(snapshot.lastEventId)}</dd>
        <dt>Retention</dt>
        <dd>{retentionWords(snapshot.retention, facts.rules, now)}</dd>
        {profile.value !== null && (
          <>
            <dt>This folder</dt>
            <dd>{profileLine(profile.value, { writable: isWritable(facts) })}</dd>
          </>
        )}
      </dl>
    </>
  );
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
  const record = recordWords(diff);
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
      <ChangesTable tables={tellTables(diff)} schema={diff.schemaDrift} />
      {record !== null && <p className="dim">{record}</p>}
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
