import { type UIEvent, useMemo, useState } from 'react';
import {
  Button,
  Collection,
  Header,
  type Key,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  ListLayout,
  type Selection,
  Virtualizer,
} from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Rules } from '../../src/model/rules.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { kindWords } from '../../words/kinds.ts';
import { type Held, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { formatClock, formatDayHeading } from '../../words/moments.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { arrivalWords } from '../../words/retention.ts';
import { useToday } from '../ask/now.ts';
import { Icon } from '../parts/icons.tsx';
import type { LineAction } from './line-actions.tsx';
import { LineMenu } from './line-menu.tsx';
import { isShown, isWhole, ListFilter, SHOW_ALL } from './list-filter.tsx';
import { groupByDay, isOfFolder, OPENED } from './snapshot-groups.ts';
import { LineContext, SnapshotLine } from './snapshot-line.tsx';
import { useFirstLines } from './use-first-lines.ts';

// Estimates for lines outside the screen. Visible lines are measured.
const LAYOUT = { estimatedRowSize: 51, estimatedHeadingSize: 34 };

export type SnapshotListProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly facts: FolderFacts;
  readonly held: ReadonlyMap<SnapshotId, Held>;
  readonly selected: ReadonlySet<Key>;
  /** Pass this very set back as `selected`: it remembers where a range began. */
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  /** Something to do with what is selected. */
  readonly onAction: (action: LineAction) => void;
  readonly onCommand: (command: 'trash') => void;
};

/** All snapshots by day, newest first. Shift or Ctrl selects several. Only the visible lines are rendered. */
export function SnapshotList(props: SnapshotListProps) {
  const { snapshots, facts, held, selected, onSelect, onAction } = props;
  const today = useToday();
  const [filter, setFilter] = useState(SHOW_ALL);
  const found = useMemo(
    () => (isWhole(filter) ? null : snapshots.filter((one) => isShown(one, filter, { held, today }))),
    [snapshots, filter, held, today],
  );
  // Without a filter it is the same list, whatever the time: then it is not grouped and built again.
  const whole = useFirstLines(snapshots);
  const shown = found ?? whole;
  const groups = useMemo(() => groupByDay(shown), [shown]);
  const choose = (keys: Selection) => onSelect(keys === 'all' ? new Set(shown.map(({ id }) => id)) : keys);
  const line = useMemo(() => ({ facts, held }), [facts, held]);
  const textOf = (snapshot: ListedSnapshot) =>
    `${lineTitle(snapshot, held.get(snapshot.id) ?? NOTHING_HELD)} ${formatClock(snapshot.takenAt)}`;
  const [passed, setPassed] = useState<string | null>(null);
  const dependencies = [today, held];
  return (
    <nav className="list-pane" aria-label="Snapshots of this folder">
      <ListFilter snapshots={snapshots} filter={filter} onFilter={setFilter} />
      <LineContext value={line}>
        <LineMenu selected={selected} onSelect={onSelect} onAction={onAction}>
          {passed !== null && (
            <p className="passed-day" aria-hidden="true">
              {headingOf(passed, today)}
            </p>
          )}
          <Virtualizer layout={ListLayout} layoutOptions={LAYOUT} shouldObserveItemSize>
            <ListBox
              aria-label="Snapshots"
              className="snapshot-list"
              items={groups}
              selectionMode="multiple"
              selectionBehavior="replace"
              disallowEmptySelection
              escapeKeyBehavior="none"
              selectedKeys={selected}
              onSelectionChange={choose}
              onAction={() => onAction('restore')}
              onScroll={(event) => setPassed(findPassedDay(event))}
              dependencies={dependencies}
              renderEmptyState={() =>
                snapshots.length === 0 ? <NoSnapshots rules={facts.rules} /> : <NoneFound />
              }
            >
              {(group) => (
                <ListBoxSection id={`day:${group.day}`}>
                  <Header className="group-head" data-day={group.takenAt}>
                    {headingOf(group.takenAt, today)}
                  </Header>
                  <Collection items={group.snapshots} dependencies={dependencies}>
                    {(snapshot) => (
                      <ListBoxItem
                        id={snapshot.id}
                        textValue={textOf(snapshot)}
                        className="snap"
                        data-day={isOfFolder(snapshot) ? snapshot.takenAt : OPENED}
                      >
                        <SnapshotLine snapshot={snapshot} />
                      </ListBoxItem>
                    )}
                  </Collection>
                </ListBoxSection>
              )}
            </ListBox>
          </Virtualizer>
        </LineMenu>
      </LineContext>
      {facts.trash.files > 0 && (
        <div className="trash-strip">
          <Icon name="trash" />
          <p>
            <span>{count(facts.trash.files, 'snapshot')},</span>{' '}
            <span>{formatBytes(facts.trash.bytes)} in trash</span>
          </p>
          <Button className="button quiet" onPress={() => props.onCommand('trash')}>
            Show trash
          </Button>
        </div>
      )}
    </nav>
  );
}

/** The heading of a group, by the moment that stands for it. */
function headingOf(moment: string, today: Date): string {
  return moment === OPENED ? kindWords('@file').many : formatDayHeading(moment, today);
}

/** A moment of the day to which the topmost visible line belongs; null at the top, where its heading is in sight. */
function findPassedDay({ currentTarget }: UIEvent<HTMLElement>): string | null {
  if (currentTarget.scrollTop <= 0) return null;
  const { top } = currentTarget.getBoundingClientRect();
  const lines = [...currentTarget.querySelectorAll<HTMLElement>('[data-day]')];
  const first = lines
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.bottom > top)
    .toSorted((a, b) => a.box.top - b.box.top)[0];
  return first?.element.dataset.day ?? null;
}

function NoneFound() {
  return (
    <div className="empty">
      <p>No snapshot matches the filter.</p>
    </div>
  );
}

function NoSnapshots({ rules }: { readonly rules: Rules }) {
  return (
    <div className="empty">
      <p className="empty-title">No snapshots yet</p>
      <p>{arrivalWords(rules)}</p>
      <p>They appear here automatically.</p>
    </div>
  );
}
