import type { Alarm } from '#app/live/log-check/kept.ts';

/** Hands a text to the browser as a file. */
export function downloadText(name: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers fetch it only after the press is over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Both checkpoints of each alarm, byte for byte, with the keys: enough for anyone to see it. */
export function downloadEvidence(name: string, alarms: readonly Alarm[]): void {
  const evidence = { format: 'rostrum/log-evidence/v1', site: location.origin, alarms };
  const file = `rostrum-log-${name}-${new Date().toISOString().slice(0, 10)}.json`;
  downloadText(file, `${JSON.stringify(evidence, null, 2)}\n`, 'application/json');
}
