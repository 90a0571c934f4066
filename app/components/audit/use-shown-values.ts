import { type RefObject, useEffect } from 'react';

/**
 * Keeps a form's fields at what the address says, whoever changed it. The fields stay the same ones,
 * so that the focus is not lost with each answer.
 */
export function useShownValues(
  form: RefObject<HTMLFormElement>,
  values: Readonly<Record<string, string>>,
): void {
  const wanted = JSON.stringify(values);
  useEffect(() => {
    for (const [name, value] of Object.entries(JSON.parse(wanted) as typeof values)) {
      const field = form.current?.elements.namedItem(name);
      const isField = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
      if (isField && field.value !== value) field.value = value;
    }
  }, [form, wanted]);
}
