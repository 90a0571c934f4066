import { type ReactNode, useId } from 'react';

export interface FieldProps {
  label: string;
  /** Kept for screen readers only, where the place already says it. */
  labelHidden?: boolean;
  description?: ReactNode;
  /** What is wrong and how to mend it. */
  error?: string | null;
}

export interface FieldIds {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** The frame of every input: label, help and error, tied to it for assistive technology. */
export function Field(props: FieldProps & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const help = props.description ? `${id}-help` : null;
  const wrong = props.error ? `${id}-error` : null;
  const describedBy = [help, wrong].filter(Boolean).join(' ');
  return (
    <div className="grid gap-1">
      <label
        htmlFor={id}
        className={props.labelHidden ? 'sr-only' : 'font-medium text-xs text-muted'}
      >
        {props.label}
      </label>
      {props.children({
        id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': props.error ? true : undefined,
      })}
      {help ? (
        <p id={help} className="text-xs text-muted">
          {props.description}
        </p>
      ) : null}
      {wrong ? (
        <p id={wrong} role="alert" className="text-xs text-danger">
          {props.error}
        </p>
      ) : null}
    </div>
  );
}

export const INPUT_LOOK =
  'target w-full rounded-lg border border-control bg-surface px-3 py-1 text-sm text-text ' +
  'placeholder:text-muted aria-invalid:border-danger disabled:opacity-60 max-sm:text-md';
