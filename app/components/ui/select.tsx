import { ChevronDown } from 'lucide-react';
import type { SelectHTMLAttributes } from 'react';
import { classes } from './classes.ts';
import { Field, type FieldProps, INPUT_LOOK } from './field.tsx';

export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

type SelectProps<Value extends string> = FieldProps &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id' | 'onChange' | 'value'> & {
    choices: readonly Choice<Value>[];
    value?: Value;
    onChange?: (value: Value) => void;
  };

/** One of a few: the device's own picker, which phones and screen readers handle best. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, labelHidden, description, error, choices, onChange, className, ...select } = props;
  const frame = { label, labelHidden: labelHidden ?? false, description, error: error ?? null };
  return (
    <Field {...frame}>
      {(ids) => (
        <span className="relative grid items-center">
          <select
            {...select}
            {...ids}
            onChange={(event) => onChange?.(event.currentTarget.value as Value)}
            className={classes(INPUT_LOOK, 'appearance-none pe-8', className)}
          >
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
          <ChevronDown
            aria-hidden
            size={16}
            className="pointer-events-none absolute end-2.5 text-muted"
          />
        </span>
      )}
    </Field>
  );
}
