/** Shows that something was put on the record, whatever becomes of the record. */
export interface Receipt {
  /** The audit event's id. */
  event: string;
  action: string;
  /** ISO 8601, UTC. */
  at: string;
  /** The leaf's bytes as text, and their hash in hex digits. */
  leaf: string;
  leafHash: string;
  /** Place in the log; null until it is sequenced. */
  index: number | null;
}
