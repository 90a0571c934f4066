import { useRouteLoaderData } from '@remix-run/react';

/** How much of what people were reported for meets someone unasked, on this device. */
export interface Exposure {
  /** Reasons and the words of reports are shown only when pressed. */
  hidesWords: boolean;
  /** Minutes of work after which a pause is proposed; 0: never. */
  breakAfter: number;
}

/** Until someone chooses. */
export const UNSHIELDED: Exposure = { hidesWords: false, breakAfter: 0 };
/** Choices of `breakAfter`, in minutes. */
export const BREAKS = [0, 15, 30, 45, 60, 90] as const;

/** @returns the settings in a cookie or form; whatever isn't one of theirs is left as it is. */
export function exposureIn(value: unknown, before: Exposure = UNSHIELDED): Exposure {
  const said: Partial<Record<keyof Exposure, unknown>> =
    typeof value === 'object' && value !== null ? value : {};
  const { hidesWords, breakAfter } = said;
  return {
    hidesWords: typeof hidesWords === 'boolean' ? hidesWords : before.hidesWords,
    breakAfter: BREAKS.find((minutes) => minutes === breakAfter) ?? before.breakAfter,
  };
}

/** @returns the viewer's settings, the same on the server and in the browser. */
export function useExposure(): Exposure {
  const root = useRouteLoaderData('root') as { exposure?: Exposure } | undefined;
  return root?.exposure ?? UNSHIELDED;
}
