import { useEffect, useRef, useSyncExternalStore } from 'react';
import {
  chosenKey,
  keyOf,
  NO_CHOICES,
  parseChoices,
  type ShortcutChoices,
} from './shortcut-keys.ts';

/** Something that can be done from the keyboard or the command palette right now. */
export interface Action {
  id: number;
  /** Its default key; null for actions of the palette only. */
  key: string | null;
  label: string;
  run: () => void;
}

const STORED_AS = 'rostrum.shortcuts';
// A press inside these is meant for them, not for the screen.
const TAKES_KEYS =
  'input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu]';

let actions: readonly Action[] = [];
let choices: ShortcutChoices | null = null;
let lastId = 0;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readChoices(): ShortcutChoices {
  choices ??= parseChoices(localStorage.getItem(STORED_AS));
  return choices;
}

/** Keeps someone's choices on this device. */
export function saveChoices(next: ShortcutChoices): void {
  choices = next;
  localStorage.setItem(STORED_AS, JSON.stringify(next));
  changed();
}

/** @returns how single-letter keys are set on this device. */
export function useShortcutChoices(): ShortcutChoices {
  return useSyncExternalStore(watch, readChoices, () => NO_CHOICES);
}

/** @returns everything that can be done from the keyboard on this screen, newest last. */
export function useActions(): readonly Action[] {
  return useSyncExternalStore(
    watch,
    () => actions,
    () => actions,
  );
}

/** @returns the key that runs an action by its default key; null while keys are off. */
export function useChosenKey(key: string): string | null {
  return chosenKey(useShortcutChoices(), key);
}

/**
 * Gives an action a single-letter key and a place in the palette while the component is on screen.
 * Where two ask for the same key, the one mounted last has it.
 * @param key default key, lower case; null for the palette only.
 */
export function useShortcut(
  key: string | null,
  label: string,
  run: () => void,
  isEnabled = true,
): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!isEnabled) return;
    const action: Action = { id: ++lastId, key, label, run: () => latest.current() };
    actions = [...actions, action];
    changed();
    return () => {
      actions = actions.filter((other) => other !== action);
      changed();
    };
  }, [key, label, isEnabled]);
}

/** Listens for single-letter keys; once, in the shell. */
export function useShortcutListener(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  const pressed = keyOf(event);
  if (!pressed || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.closest(TAKES_KEYS)) return;
  const set = readChoices();
  const action = actions.findLast(({ key }) => key !== null && chosenKey(set, key) === pressed);
  if (!action) return;
  event.preventDefault();
  action.run();
}
