import { Button } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { PrunePolicy, SpaceUse } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import {
  type SpacePart,
  spaceParts,
  spaceWords,
  suggestionReason,
  suggestionWords,
} from '../../words/space.ts';
import { useRules } from '../ask/rules.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

export type SpaceDialogProps = {
  readonly folderId: FolderId;
  readonly onClose: () => void;
  /** Opens Prune with this rule. */
  readonly onPrune: (policy: PrunePolicy) => void;
  readonly onTrash: () => void;
};

/** What the snapshots take on the disk, by kind, and what could go. */
export function SpaceDialog({ folderId, onClose, onPrune, onTrash }: SpaceDialogProps) {
  const space = useRequest('folder.space', { folderId });
  const rules = useRules();
  const suggestion = space.value?.suggestion ?? null;
  return (
    <AlertDialog
      title="Space on the disk"
      onClose={onClose}
      footer={
        <>
          <CancelButton onPress={onClose}>Close</CancelButton>
          {(space.value?.trash.snapshots ?? 0) > 0 && (
            <Button className="button" onPress={onTrash}>
              Show trash
            </Button>
          )}
          {suggestion !== null && (
            <Button className="button primary" onPress={() => onPrune(suggestion.policy)}>
              Prune…
            </Button>
          )}
        </>
      }
    >
      {space.error !== null && <ErrorNote error={space.error} />}
      {space.value === null && space.error === null && <Working progress={null} words="Measuring" />}
      {space.value !== null && (
        <>
          <p>
            <b>{spaceWords(space.value)}</b>
          </p>
          <SpaceBar space={space.value} />
          {suggestion === null ? (
            <p className="dim">No rule would remove anything now.</p>
          ) : (
            <p>
              <b>{suggestionWords(suggestion)}</b> could go. {suggestionReason(suggestion, rules)}
            </p>
          )}
        </>
      )}
    </AlertDialog>
  );
}

/** One bar of all parts, and what each of them is. The bar repeats what the list says. */
function SpaceBar({ space }: { readonly space: SpaceUse }) {
  const parts = spaceParts(space);
  const shown = parts.filter(({ bytes }) => bytes > 0);
  return (
    <>
      <span className="space-bar" aria-hidden="true">
        {shown.map((part) => (
          <span key={part.key} className={toneOf(part, parts)} style={{ flexGrow: part.bytes }} />
        ))}
      </span>
      <ul className="space-parts">
        {parts.map((part) => (
          <li key={part.key}>
            <span className={`space-mark ${toneOf(part, parts)}`} aria-hidden="true" />
            <span>{part.name}</span>
            <span className="dim">{count(part.snapshots, 'snapshot')}</span>
            <span className="size">{formatBytes(part.bytes)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const TONES = 5;

/** The look of a part: its place in the list. The trash looks empty. */
function toneOf({ key }: SpacePart, parts: readonly SpacePart[]): string {
  if (key === 'trash') return 'tone-trash';
  return `tone-${parts.findIndex((part) => part.key === key) % TONES}`;
}
