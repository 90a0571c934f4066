import type { ReactNode } from 'react';
import { Checkbox } from './checkbox.tsx';

interface CheckboxSetProps<Value extends string> {
  label: string;
  /** All there are, in the order in which they are chosen, too. */
  values: readonly Value[];
  chosen: ReadonlySet<Value>;
  onChange: (chosen: ReadonlySet<Value>) => void;
  words: (value: Value) => ReactNode;
}

/** Any number of a few. */
export function CheckboxSet<Value extends string>(props: CheckboxSetProps<Value>) {
  const { label, values, chosen, onChange, words } = props;
  return (
    <fieldset className="grid gap-1">
      <legend className="font-medium text-muted text-xs">{label}</legend>
      {values.map((value) => (
        <Checkbox
          key={value}
          checked={chosen.has(value)}
          onChange={(on) =>
            onChange(new Set(values.filter((one) => (one === value ? on : chosen.has(one)))))
          }
        >
          {words(value)}
        </Checkbox>
      ))}
    </fieldset>
  );
}
