import { forwardRef, type InputHTMLAttributes } from 'react';
import { classes } from './classes.ts';
import { Field, type FieldProps, INPUT_LOOK } from './field.tsx';

type TextFieldProps = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>;

/** One line of text; names and reasons in any script, so the direction follows what is typed. */
export const TextField = forwardRef<HTMLInputElement, TextFieldProps>(function TextField(
  { label, labelHidden, description, error, className, ...input },
  ref,
) {
  const frame = { label, labelHidden: labelHidden ?? false, description, error: error ?? null };
  return (
    <Field {...frame}>
      {(ids) => (
        <input
          dir="auto"
          autoComplete="off"
          {...input}
          {...ids}
          ref={ref}
          className={classes(INPUT_LOOK, className)}
        />
      )}
    </Field>
  );
});
