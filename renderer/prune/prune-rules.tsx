import { useMemo } from 'react';
import {
  Button,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  ListLayout,
  NumberField,
  Popover,
  Radio,
  RadioGroup,
  Select,
  SelectValue,
  Virtualizer,
} from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { PrunePolicy } from '../../src/model/prune.ts';
import { kindWords } from '../../words/kinds.ts';
import { formatBytes } from '../../words/numbers.ts';
import { shortRetention } from '../../words/retention.ts';
import { titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';
import { groupByKind } from '../snapshots/snapshot-groups.ts';
import type { PruneFields } from './prune-policy.ts';

export type PruneRulesProps = {
  readonly fields: PruneFields;
  readonly kinds: readonly string[];
  readonly snapshots: readonly ListedSnapshot[];
  readonly onChange: (fields: PruneFields) => void;
};

const RULES: readonly (readonly [by: PrunePolicy['by'], text: string])[] = [
  ['count', 'All but the newest'],
  ['age', 'Those older than'],
  ['choice', 'The ones I select'],
];

/** Lets the user choose snapshots by one of two rules or by hand. */
export function PruneRules({ fields, kinds, snapshots, onChange }: PruneRulesProps) {
  const set = (change: Partial<PruneFields>) => onChange({ ...fields, ...change });
  return (
    <div className="rules">
      <RadioGroup
        className="choices"
        value={fields.by}
        onChange={(value) => set({ by: RULES.find(([by]) => by === value)?.[0] ?? fields.by })}
      >
        <Label className="visually-hidden">Which snapshots to remove</Label>
        {RULES.map(([by, text]) => (
          <Radio key={by} value={by} className="choice">
            <span className="dot" />
            {text}
          </Radio>
        ))}
      </RadioGroup>
      {fields.by === 'count' && (
        <div className="rule-fields rule-count">
          <Amount label="How many stay" value={fields.keep} onChange={(keep) => set({ keep })} />
          <KindSelect kinds={kinds} value={fields.countKind} onChange={(countKind) => set({ countKind })} />
        </div>
      )}
      {fields.by === 'age' && (
        <div className="rule-fields rule-age">
          <Amount label="Age in days" value={fields.days} onChange={(days) => set({ days })} />
          <span>days, of</span>
          <KindSelect kinds={kinds} value={fields.ageKind} onChange={(ageKind) => set({ ageKind })} />
        </div>
      )}
      {fields.by === 'choice' && (
        <Picker snapshots={snapshots} ids={fields.ids} onChange={(ids) => set({ ids })} />
      )}
    </div>
  );
}

type AmountProps = {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
};

function Amount({ label, value, onChange }: AmountProps) {
  return (
    <NumberField aria-label={label} className="amount" minValue={0} value={value} onChange={onChange}>
      <Group>
        <Button slot="decrement" className="step">
          −
        </Button>
        <Input />
        <Button slot="increment" className="step">
          +
        </Button>
      </Group>
    </NumberField>
  );
}

type KindSelectProps = {
  readonly kinds: readonly string[];
  readonly value: string;
  readonly onChange: (kind: string) => void;
};

function KindSelect({ kinds, value, onChange }: KindSelectProps) {
  return (
    <Select aria-label="Kind of snapshot" value={value} onChange={(key) => onChange(String(key))}>
      <Button className="button">
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {kinds.map((kind) => (
            <ListBoxItem key={kind} id={kind}>
              {kindWords(kind).many}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** Whether the rules no longer keep the snapshot, which makes it a likely choice. */
function mayGo({ retention }: ListedSnapshot): boolean {
  return retention.status === 'offered' || retention.status === 'due';
}

type PickerProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
};

const PICKER_LAYOUT = { estimatedRowSize: 29 };

/** Picks snapshots by hand, in the same order as the main list. Only the visible lines are rendered. */
function Picker({ snapshots, ids, onChange }: PickerProps) {
  const ordered = useMemo(() => groupByKind(snapshots).flatMap((group) => group.snapshots), [snapshots]);
  return (
    <Virtualizer layout={ListLayout} layoutOptions={PICKER_LAYOUT}>
      <ListBox
        aria-label="Snapshots to move"
        className="picker"
        items={ordered}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        selectedKeys={ids}
        onSelectionChange={(keys) =>
          onChange(new Set(keys === 'all' ? snapshots.map(({ id }) => id) : [...keys].map(String)))
        }
      >
        {(snapshot) => (
          <ListBoxItem id={snapshot.id} textValue={snapshot.id} className="pick">
            <PickerLine snapshot={snapshot} />
          </ListBoxItem>
        )}
      </ListBox>
    </Virtualizer>
  );
}

function PickerLine({ snapshot }: { readonly snapshot: ListedSnapshot }) {
  const now = useNow();
  const rules = useRules();
  return (
    <>
      <span className="box">
        <Icon name="check" size={12} />
      </span>
      <span>{titleWords(snapshot, now, 'seconds')}</span>
      <span className="dim">{mayGo(snapshot) ? shortRetention(snapshot.retention, rules, now) : ''}</span>
      <span className="dim">{formatBytes(snapshot.sizeBytes)}</span>
    </>
  );
}
