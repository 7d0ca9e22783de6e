import type { ReactNode } from 'react';
import type { ErrorInfo } from '../../electron/contract.ts';
import { explain } from '../../words/errors.ts';
import { Icon } from './icons.tsx';

export type ErrorNoteProps = { readonly error: ErrorInfo; readonly children?: ReactNode };

/** Explains a failure: what happened, what is unharmed, what to do next. `children` are the buttons for that. */
export function ErrorNote({ error, children }: ErrorNoteProps) {
  const { title, happened, unharmed, next } = explain(error, 'window');
  const calm = error.code === 'cancelled';
  return (
    <div className={calm ? 'error-note calm' : 'error-note'} role={calm ? 'status' : 'alert'}>
      <h2>
        {!calm && <Icon name="warning" />}
        {title}
      </h2>
      <p>{happened}</p>
      <p className="unharmed">
        <Icon name="check" />
        <span>{unharmed}</span>
      </p>
      <p>{next}</p>
      <div className="error-foot">
        {children !== undefined && <div className="buttons">{children}</div>}
        <code className="error-code">{error.code}</code>
      </div>
    </div>
  );
}
