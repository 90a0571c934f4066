import { ChevronDown } from 'lucide-react';
import type { SelectHTMLAttributes } from 'react';
import { classes } from './classes.ts';
import { Field, type FieldProps, INPUT_LOOK } from './field.tsx';
import { useHydrated } from './use-hydrated.ts';

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** Neighbours of one group stand under its name. */
  group?: string;
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
  const waits = !useHydrated() && select.name === undefined;
  const frame = { label, labelHidden: labelHidden ?? false, description, error: error ?? null };
  return (
    <Field {...frame}>
      {(ids) => (
        <span className="relative grid items-center">
          <select
            {...select}
            {...ids}
            disabled={select.disabled || waits}
            onChange={(event) => onChange?.(event.currentTarget.value as Value)}
            className={classes(INPUT_LOOK, 'appearance-none pe-8', className)}
          >
            {inGroups(choices).map(([group, members]) =>
              group === undefined ? (
                members.map(optionOf)
              ) : (
                <optgroup key={group} label={group}>
                  {members.map(optionOf)}
                </optgroup>
              ),
            )}
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

function optionOf({ value, label }: Choice<string>) {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  );
}

function inGroups(choices: readonly Choice<string>[]): [string | undefined, Choice<string>[]][] {
  const groups: [string | undefined, Choice<string>[]][] = [];
  for (const choice of choices) {
    const last = groups.at(-1);
    if (last && last[0] === choice.group) last[1].push(choice);
    else groups.push([choice.group, [choice]]);
  }
  return groups;
}
