import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { decodeFrame, type Frame } from '#app/domain/rooms/frame.ts';
import type { Watcher } from '#app/domain/rooms/protocol.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { CatchUp, RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import { type Connection, connectionOf, STALE_AFTER, sameConnection } from './freshness.ts';
import { gunzipJson } from './gunzip.ts';
import type { Aspect, RoomModel } from './room-model.ts';
import { backoff, type Timing } from './timing.ts';
import type { Wire } from './wire.ts';

/** A beat may overtake the frame it speaks of; this long a frame may take to follow. */
const FRAME_MAY_FOLLOW = 400;
/** Frames kept while a gap is being repaired; beyond that the repair brings them anyway. */
const KEPT_AHEAD = 500;

export interface FeedOptions {
  wire: Wire;
  room: string;
  model: RoomModel;
  timing: Timing;
  /** What changed, after each frame or snapshot; null: everything. */
  onChange: (changed: ReadonlySet<Aspect> | null) => void;
  onConnection: (connection: Connection) => void;
  onWatchers: (watchers: Watcher[]) => void;
  /** The right to watch ended or was never there; the model is already empty. */
  onRefused: (reason: Refusal) => void;
}

/**
 * Keeps a room model true: watches, folds frames in by their `seq`, drops what it has, asks again
 * after a gap, and says honestly how true the model is.
 * @returns a function that stops watching.
 */
export function feedRoom(options: FeedOptions): () => void {
  const { wire, room, model, timing } = options;
  let cursor: number | null = null;
  let ahead: Frame[] = [];
  let asking = false;
  let attempts = 0;
  let completeAt: number | null = null;
  let stopped = false;
  // Answers to questions of an earlier connection are not listened to.
  let line = 0;
  let shown: Connection = { state: 'connecting' };
  const cancels = new Map<string, () => void>();

  const later = (name: string, ms: number, run: () => void) => {
    cancels.get(name)?.();
    cancels.set(name, timing.after(ms, run));
  };
  const say = () => {
    const next = connectionOf({ connected: wire.isConnected(), completeAt }, timing.now());
    if (sameConnection(shown, next)) return;
    shown = next;
    options.onConnection(next);
  };
  const complete = () => {
    completeAt = timing.now();
    attempts = 0;
    say();
    later('stale', STALE_AFTER + 1, say);
  };

  const fold = (frames: readonly Frame[]) => {
    const changed = new Set<Aspect>();
    for (const frame of frames) takeIn(frame, changed);
    if (changed.size > 0) options.onChange(changed);
  };
  const takeIn = (frame: Frame, changed: Set<Aspect>) => {
    if (cursor === null || lastOf(frame) <= cursor) return;
    if (frame.p) model.introduce(frame.p);
    for (const event of decode(frame)) {
      if (event.seq <= cursor) continue;
      model.apply(event, changed);
      cursor = event.seq;
    }
  };
  const decode = (frame: Frame): RoomEvent[] => decodeFrame(frame, model.memberIdOf);

  /** Folds in every kept frame that now fits; what still leaves a gap stays. */
  const drain = () => {
    if (cursor === null) return;
    const waiting = ahead.sort((a, b) => a.f - b.f);
    ahead = [];
    for (const frame of waiting) {
      if (frame.f <= cursor + 1) fold([frame]);
      else ahead.push(frame);
    }
    if (ahead.length > 0) void catchUp();
    else complete();
  };

  const onFrame = (of: string, frame: Frame) => {
    if (of !== room || stopped) return;
    if (cursor !== null && lastOf(frame) <= cursor) return;
    ahead.push(frame);
    if (ahead.length > KEPT_AHEAD) ahead.shift();
    if (cursor !== null && !asking) guard(drain);
  };

  /** An undecodable frame means this model is not what the server thinks: start over. */
  const guard = (run: () => void) => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      cursor = null;
      ahead = [];
      void watch();
    }
  };

  const take = async (answer: CatchUp, mine: number) => {
    if (answer.kind === 'frames') return guard(() => fold(answer.frames));
    const snapshot = await gunzipJson<RoomSnapshot>(answer.gzip);
    if (stopped || mine !== line) return;
    model.load(snapshot);
    cursor = snapshot.room.seq;
    options.onChange(null);
  };

  const refused = (reason: Refusal) => {
    stop();
    model.clear();
    options.onChange(null);
    options.onRefused(reason);
  };

  const ask = async (question: () => Promise<Answered>) => {
    if (asking || stopped || !wire.isConnected()) return;
    asking = true;
    const mine = line;
    try {
      const answer = await question();
      if (stopped || mine !== line) return;
      if (!answer.ok) {
        if (TRANSIENT.has(answer.reason)) return retry();
        return refused(answer.reason);
      }
      if (answer.watchers) options.onWatchers(answer.watchers);
      await take(answer, mine);
      if (stopped || mine !== line) return;
      asking = false;
      if (cursor === null || cursor < answer.seq) retry();
      else guard(drain);
    } catch {
      // No answer in time, or bytes that make no sense: ask again.
      if (!stopped && mine === line) retry();
    }
  };
  const watch = () => ask(() => wire.watch(room, cursor));
  const catchUp = () => {
    const since = cursor;
    return since === null ? watch() : ask(() => wire.catchUp(room, since));
  };
  const retry = () => {
    asking = false;
    later('retry', backoff(attempts++, timing), catchUp);
  };

  const onBeat = (of: string, seq: number) => {
    if (of !== room || cursor === null || stopped) return;
    if (seq <= cursor) return complete();
    later('beat', FRAME_MAY_FOLLOW, () => {
      if (cursor !== null && cursor < seq) void catchUp();
    });
  };
  const onConnected = () => {
    line++;
    asking = false;
    attempts = 0;
    void watch();
  };
  const onDisconnected = () => {
    line++;
    asking = false;
    say();
  };

  const offs = [
    wire.on('connected', onConnected),
    wire.on('disconnected', onDisconnected),
    wire.on('refused', () => refused('forbidden')),
    wire.on('room:frame', onFrame),
    wire.on('room:beat', onBeat),
    wire.on('room:watchers', (of, watchers) => void (of === room && options.onWatchers(watchers))),
    wire.on('room:revoked', (of, reason) => void (of === room && refused(reason))),
    wire.on('session:ended', () => refused('forbidden')),
  ];
  const stop = () => {
    if (stopped) return;
    stopped = true;
    for (const off of offs) off();
    for (const cancel of cancels.values()) cancel();
  };
  if (wire.isConnected()) void watch();
  return () => {
    if (!stopped && wire.isConnected()) wire.unwatch(room);
    stop();
  };
}

type Answered = ({ ok: true; watchers?: Watcher[] } & CatchUp) | { ok: false; reason: Refusal };

const TRANSIENT: ReadonlySet<Refusal> = new Set<Refusal>(['busy', 'unavailable', 'rate_limited']);

function lastOf(frame: Frame): number {
  return frame.f + frame.e.length - 1;
}
