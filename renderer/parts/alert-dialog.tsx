import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export type AlertDialogProps = {
  readonly title: string;
  readonly children: ReactNode;
  /** The buttons; the first focusable thing that asks for focus gets it. */
  readonly footer: ReactNode;
  readonly onClose: () => void;
  /** While true, Escape does nothing: something is under way that has its own Cancel. */
  readonly busy?: boolean;
  readonly wide?: boolean;
};

/** A dialog that only a decision closes: clicks outside do nothing, Escape means Cancel. */
export function AlertDialog({
  title,
  children,
  footer,
  onClose,
  busy = false,
  wide = false,
}: AlertDialogProps) {
  const dialog = useRef<HTMLElement>(null);
  // What had the focus may have gone or been greyed out with the step before: then keys, Escape too, would do nothing.
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) dialog.current?.focus();
  });
  return (
    <ModalOverlay
      className="veil"
      isOpen
      isDismissable={false}
      isKeyboardDismissDisabled={busy}
      onOpenChange={(open) => open || onClose()}
    >
      <Modal className={wide ? 'modal wide' : 'modal'}>
        <Dialog ref={dialog} className="dialog" role="alertdialog">
          {/* Live: a screen reader must announce it when the dialog turns into its result. */}
          <Heading slot="title" aria-live="polite">
            {title}
          </Heading>
          <div className="dialog-body">{children}</div>
          <footer>{footer}</footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Closes without doing anything. It takes the first focus: a dialog opens on the choice that changes nothing. */
export function CancelButton({
  onPress,
  children = 'Cancel',
}: {
  readonly onPress: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <Button className="button" autoFocus onPress={onPress}>
      {children}
    </Button>
  );
}

export type DangerButtonProps = {
  readonly children: ReactNode;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
};

/** A button that Enter never presses: a held or repeated Enter must not destroy anything. Space, a click and a screen reader do. */
export function DangerButton({ children, isDisabled, onPress }: DangerButtonProps) {
  const [hint, setHint] = useState(false);
  const refuseEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    setHint(true);
  };
  return (
    <span className="danger" onKeyDownCapture={refuseEnter} onBlurCapture={() => setHint(false)}>
      <Button
        className="button primary"
        isDisabled={isDisabled}
        onPress={onPress}
        aria-describedby="press-space"
      >
        {children}
      </Button>
      <span id="press-space" className={hint ? 'hint' : 'visually-hidden'} role={hint ? 'status' : undefined}>
        Press Space to confirm
      </span>
    </span>
  );
}
