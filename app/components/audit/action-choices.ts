import type { TFunction } from 'i18next';
import type { Choice } from '#app/components/ui/select.tsx';
import { ACTION_GROUPS, ACTIONS, isOneObject } from './action-names.ts';

/**
 * What the log can be narrowed to: everything about one thing, or one action.
 * @param asked the address's own, offered by its name when it is none of these
 */
export function actionChoices(t: TFunction<'log'>, asked: string | undefined): Choice<string>[] {
  const choices: Choice<string>[] = [{ value: '', label: t('filter.anyAction') }];
  for (const object of ACTION_GROUPS) {
    const group = t(`about.${object}`);
    if (isOneObject(object)) choices.push({ value: object, label: t(`all.${object}`), group });
    for (const name of ACTIONS[object]) {
      choices.push({ value: name, label: t(`action.${name}`), group });
    }
  }
  const isOffered = asked === undefined || choices.some(({ value }) => value === asked);
  return isOffered ? choices : [...choices, { value: asked, label: asked }];
}
