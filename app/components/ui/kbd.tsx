import { classes } from './classes.ts';

/** A key, as printed on the keyboard; not read out, since the shortcut list says it in words. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd
      aria-hidden
      dir="ltr"
      className={classes(
        'rounded border border-current/40 px-1 font-mono text-xs uppercase opacity-80',
        'max-sm:hidden pointer-coarse:hidden',
        className,
      )}
    >
      {keys}
    </kbd>
  );
}
