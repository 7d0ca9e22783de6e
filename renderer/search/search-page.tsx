import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button, Checkbox, GridList, GridListItem, type Key } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { Loss } from '../../src/model/happened.ts';
import type { Hit, RowName } from '../../src/model/search.ts';
import { singlePart } from '../../words/part.ts';
import {
  canComeBack,
  type Extent,
  hitsWords,
  mayBeGone,
  notSearchedWords,
  showingIn,
} from '../../words/search.ts';
import { useRestorePart } from '../ask/restore-part.ts';
import type { Sought } from '../ask/snapshot-view.ts';
import { HistoryDialog } from '../history/history-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Tick } from '../parts/tick.tsx';
import { Working } from '../parts/working.tsx';
import { ChosenHitsBar } from './chosen-hits-bar.tsx';
import { HitRow } from './hit-row.tsx';
import { LastLost } from './last-lost.tsx';
import { focusFirstHit, isInSearchBox } from './search-box.tsx';
import { type Search, useSearch } from './use-search.ts';
import type { ChosenHit } from './use-search-panel.ts';

export type SearchPageProps = {
  readonly folderId: FolderId;
  readonly phrase: string;
  /** What the newest rewind took; null: nothing, or it is not known. */
  readonly loss: Loss | null;
  /** Whether the first hit gets the focus as soon as it is there. */
  readonly isEntering: boolean;
  readonly onEntered: () => void;
  /** Shows a snapshot and what was found in it. */
  readonly onOpen: (hit: ChosenHit) => void;
  readonly onClose: () => void;
};

/** More are shown on request: so many lines are drawn at once without a pause. */
const HITS_AT_ONCE = 30;

/** What was found in all snapshots and the database; before anything is typed, what was lost last. */
export function SearchPage(props: SearchPageProps) {
  const { folderId, phrase, loss, onOpen, onClose } = props;
  const [words, setWords] = useState(false);
  const [onlyGone, setOnlyGone] = useState(false);
  const [history, setHistory] = useState<RowName | null>(null);
  const search = useSearch(folderId, phrase, words);
  const leave = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
  };
  return (
    <>
      <section className="page search-page" aria-label="Search" onKeyDown={leave}>
        <div className="search-head">
          <h2>Search everything</h2>
          <Tick isSelected={onlyGone} onChange={setOnlyGone}>
            Only what is gone now
          </Tick>
          <Tick isSelected={words} onChange={setWords}>
            Whole words
          </Tick>
          <Button className="button quiet icon-only" aria-label="Close the search" onPress={onClose}>
            <Icon name="close" />
          </Button>
        </div>
        {phrase.trim() === '' ? (
          <LastLost loss={loss} onOpen={onOpen} />
        ) : (
          <Found
            search={search}
            onlyGone={onlyGone}
            entering={props.isEntering ? props.onEntered : null}
            onOpen={onOpen}
            onHistory={setHistory}
          />
        )}
      </section>
      {history !== null && (
        <HistoryDialog folderId={folderId} row={history} onClose={() => setHistory(null)} />
      )}
    </>
  );
}

type FoundProps = {
  readonly search: Search;
  readonly onlyGone: boolean;
  /** Ends that the first hit is to get the focus; null: it is not. */
  readonly entering: (() => void) | null;
  readonly onOpen: (hit: ChosenHit) => void;
  readonly onHistory: (row: RowName) => void;
};

function Found({ search, onlyGone, entering, onOpen, onHistory }: FoundProps) {
  const { busy, progress, hits, result, error, cancel } = search;
  const [most, setMost] = useState(HITS_AT_ONCE);
  const wanted = onlyGone ? hits.filter(mayBeGone) : hits;
  const shown = wanted.slice(0, most).map((hit) => ({ id: nameOf(hit), hit }));
  const rest = wanted.length - shown.length;
  const extent = extentOf(search);
  const restore = useRestorePart();
  const list = useRef<HTMLDivElement>(null);
  const [chosenKeys, setChosenKeys] = useState<ReadonlySet<Key>>(new Set());
  const choosable = restore === null ? [] : shown.filter(({ hit }) => canComeBack(hit));
  const chosen = choosable.filter(({ id }) => chosenKeys.has(id));
  const fixed = shown.filter((one) => !choosable.includes(one));
  return (
    <>
      <p className="search-count" role="status">
        {(hits.length > 0 || extent !== 'running') && hitsWords(wanted, extent)}
      </p>
      {restore !== null && (
        <ChosenHitsBar
          hits={chosen.map(({ hit }) => hit)}
          onRestore={restore}
          onClear={() => {
            list.current?.querySelector<HTMLElement>('[role=row][aria-selected=true]')?.focus();
            setChosenKeys(new Set());
          }}
        />
      )}
      {busy && <Working progress={progress} words="Searching" onCancel={cancel} />}
      {error !== null && <ErrorNote error={error} />}
      {shown.length > 0 && (
        <GridList
          ref={list}
          className="hits"
          aria-label="Hits"
          items={shown}
          selectionMode={choosable.length > 0 ? 'multiple' : 'none'}
          selectedKeys={chosen.map(({ id }) => id)}
          onSelectionChange={(keys) =>
            setChosenKeys(keys === 'all' ? new Set(choosable.map(({ id }) => id)) : keys)
          }
          disabledKeys={fixed.map(({ id }) => id)}
          disabledBehavior="selection"
          onAction={(key) => {
            const hit = shown.find(({ id }) => id === key)?.hit;
            const newest = hit === undefined ? undefined : showingIn(hit)[0];
            if (hit !== undefined && newest !== undefined)
              onOpen({ snapshotId: newest, sought: soughtBy(hit) });
          }}
        >
          {({ hit }) => (
            <GridListItem className="hit-line" textValue={hit.text.slice(0, 200)}>
              <HitRow hit={hit} extent={extent} />
              {entering !== null && hit === shown[0]?.hit && <FocusOnHit onDone={entering} />}
              {hit.key.length > 0 && (
                <Button
                  className="button quiet"
                  onPress={() => onHistory({ table: hit.table, key: hit.key })}
                >
                  History of this
                </Button>
              )}
              <RestoreHit hit={hit} />
              {restore !== null && canComeBack(hit) && (
                <Checkbox
                  slot="selection"
                  className="tick"
                  aria-label="Choose"
                  onKeyDown={(event) => {
                    // On the line it opens the hit. Only Space ticks, as anywhere.
                    if (event.key !== 'Enter') event.continuePropagation();
                  }}
                >
                  <span className="box">
                    <Icon name="check" size={12} />
                  </span>
                  Choose
                </Checkbox>
              )}
            </GridListItem>
          )}
        </GridList>
      )}
      {rest > 0 && (
        <Button className="button" onPress={() => setMost(most + HITS_AT_ONCE)}>
          Show more
        </Button>
      )}
      {result !== null && result.notSearched.length > 0 && (
        <details className="not-searched">
          <summary>{notSearchedWords(result)}</summary>
          <ul>
            {result.notSearched.map(({ id, reason }) => (
              <li key={`${id} ${reason}`}>
                <bdi>{id ?? 'The database'}</bdi>: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Moves the focus from the search field to the first hit, now that this is there. React Aria draws its lines later than the rest. */
function FocusOnHit({ onDone }: { readonly onDone: () => void }) {
  useEffect(() => {
    if (isInSearchBox()) focusFirstHit();
    onDone();
  }, [onDone]);
  return null;
}

/** Brings back what is gone now, from the newest snapshot that shows it. */
function RestoreHit({ hit }: { readonly hit: Hit }) {
  const restore = useRestorePart();
  const newest = showingIn(hit)[0];
  if (restore === null || newest === undefined || !canComeBack(hit)) return null;
  const { table, key, event } = hit;
  return (
    <Button
      className="button quiet"
      onPress={() => restore(newest, singlePart({ table, key }, { isMessage: event !== null }))}
    >
      Bring this back…
    </Button>
  );
}

function soughtBy({ table, key, event }: Hit): Sought {
  const [id, ...more] = key;
  const isNamed = more.length === 0 && (typeof id === 'bigint' || typeof id === 'string');
  return event !== null && isNamed ? { view: 'conversation', event: String(id) } : { view: 'rows', table };
}

function extentOf({ busy, result, error }: Search): Extent {
  if (result !== null) return result.more ? 'first' : 'all';
  return busy || error !== null ? 'running' : 'stopped';
}

/** Tells a hit from all others. */
function nameOf({ table, key, column, text }: Hit): string {
  const values = key.map((value) => (value instanceof Uint8Array ? [...value] : String(value)));
  return JSON.stringify([table, values, column, text]);
}
