import { useMemo } from 'react';
import {
  Button,
  Dialog,
  Heading,
  ListBox,
  ListBoxItem,
  ListLayout,
  Modal,
  ModalOverlay,
  Virtualizer,
} from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import { formatMoment } from '../../words/moments.ts';
import { isUnwell, titleWords } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';

export type CompareDialogProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  readonly onChoose: (other: ListedSnapshot) => void;
  readonly onClose: () => void;
};

const LAYOUT = { rowHeight: 34 };

/** Chooses the snapshot of this folder that another one is compared with. */
export function CompareDialog({ folderId, snapshot, onChoose, onClose }: CompareDialogProps) {
  const now = useNow();
  const exactOf = useExactness();
  const listed = useRequest('snapshots.list', { folderId });
  const others = useMemo(
    () => listed.value?.filter((one) => one.id !== snapshot.id && !isUnwell(one)) ?? null,
    [listed.value, snapshot.id],
  );
  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">Compare with which snapshot?</Heading>
          <div className="dialog-body">
            {listed.error !== null && <ErrorNote error={listed.error} />}
            {others !== null && (
              <Virtualizer layout={ListLayout} layoutOptions={LAYOUT}>
                <ListBox
                  aria-label="Snapshots to compare with"
                  className="compare-list"
                  items={others}
                  autoFocus="first"
                  onAction={(key) => {
                    const found = others.find(({ id }) => id === key);
                    if (found !== undefined) onChoose(found);
                  }}
                  renderEmptyState={() => <p className="dim">There is no other snapshot that can be read.</p>}
                >
                  {(one) => (
                    <ListBoxItem
                      id={one.id}
                      className="compare-item"
                      textValue={formatMoment(one.takenAt, now)}
                    >
                      {titleWords(one, now, exactOf(one.takenAt))}
                    </ListBoxItem>
                  )}
                </ListBox>
              </Virtualizer>
            )}
          </div>
          <footer>
            <Button className="button" onPress={onClose}>
              Cancel
            </Button>
          </footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
