import { Button } from 'react-aria-components';
import type { WrittenCopy } from '../../electron/contract.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { type CopiedPart, heldByFile, notInFile } from '../../words/into-file.ts';
import { formatBytes } from '../../words/numbers.ts';
import { checksByKind, exceptionWords, verifiedLine } from '../../words/receipt.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { CheckLine } from './receipt-view.tsx';

export type WrittenFileProps = {
  readonly written: WrittenCopy;
  /** The plan that was shown before. */
  readonly plan: RestorePlan;
  readonly part: CopiedPart;
  readonly onClose: () => void;
};

/** What a restore into a new file wrote, and that it was verified. */
export function WrittenFile({ written, plan, part, onClose }: WrittenFileProps) {
  const now = useNow();
  const exceptions = exceptionWords(written);
  const missing = notInFile(part, plan);
  const odd = checksByKind(written.checks).filter(({ passed }) => !passed);
  return (
    <AlertDialog
      onClose={onClose}
      title="Written into a new file"
      footer={
        <>
          <Button className="button" onPress={() => void call('copy.reveal', { copyId: written.copyId })}>
            Show in folder
          </Button>
          <CancelButton onPress={onClose}>Done</CancelButton>
        </>
      }
    >
      <div className="receipt">
        <p>
          <b>
            <bdi>{written.name}</bdi>
          </b>{' '}
          <StoryText story={heldByFile(part, plan, now)} /> {missing} Your own database stays as it is.
        </p>
        {exceptions !== null && <p className="note warn">{exceptions}</p>}
        <ul className="checks">
          <li className="passed">
            <Icon name="check" />
            <span>
              {verifiedLine({ ...written, action: 'restore' })}, {formatBytes(written.sizeBytes)}
            </span>
          </li>
          {odd.map((check) => (
            <CheckLine key={check.text} {...check} />
          ))}
        </ul>
      </div>
    </AlertDialog>
  );
}
