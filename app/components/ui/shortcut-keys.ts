/** How someone wants single-letter keys: all of them off, or some moved. */
export interface ShortcutChoices {
  off: boolean;
  /** Default key to chosen key. */
  moved: Readonly<Record<string, string>>;
}

export const NO_CHOICES: ShortcutChoices = { off: false, moved: {} };

/** What of a keyboard event decides; the DOM's KeyboardEvent fits. */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  isComposing: boolean;
}

/**
 * @returns the single key pressed, lower case, by its place on a Latin keyboard when the layout
 * types another script; null for combinations, repeats, input methods and named keys.
 */
export function keyOf(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.repeat || press.isComposing || [...press.key].length !== 1) return null;
  if (/^[\x21-\x7e]$/.test(press.key)) return press.key.toLowerCase();
  return /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase() ?? null;
}

/** @returns the key that now does what `key` does by default; null while keys are off. */
export function chosenKey(choices: ShortcutChoices, key: string): string | null {
  return choices.off ? null : (choices.moved[key] ?? key);
}

/**
 * Moves an action to another key. A key that another action uses is exchanged with it, so that no
 * action ends up without one.
 * @param all the default keys of every action in reach.
 */
export function moveKey(
  choices: ShortcutChoices,
  all: readonly string[],
  key: string,
  to: string,
): ShortcutChoices {
  const before = choices.moved[key] ?? key;
  const holder = all.find((other) => other !== key && (choices.moved[other] ?? other) === to);
  const moved = { ...choices.moved, [key]: to, ...(holder ? { [holder]: before } : {}) };
  return { ...choices, moved };
}

/** Reads stored choices; anything malformed counts as none. */
export function parseChoices(stored: string | null): ShortcutChoices {
  try {
    const value: unknown = JSON.parse(stored ?? 'null');
    if (typeof value !== 'object' || value === null) return NO_CHOICES;
    const { off, moved } = value as { off?: unknown; moved?: unknown };
    const pairs = typeof moved === 'object' && moved !== null ? Object.entries(moved) : [];
    const sound = pairs.filter(([, to]) => typeof to === 'string' && to.length === 1);
    return { off: off === true, moved: Object.fromEntries(sound) };
  } catch {
    return NO_CHOICES;
  }
}
