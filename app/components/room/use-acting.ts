import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { dismiss, notifyDone, notifyFailure, notifyUndoable } from '#app/components/ui/notices.ts';
import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import { newCommandId } from '#app/live/new-command-id.ts';
import type { RoomStore } from '#app/live/room-store.ts';
import { type Act, actKey, isAsked, isUndoable } from './acts.ts';

/** An act whose dialog is open; its command id was made with it, so that sending again is safe. */
export interface Question {
  id: string;
  act: Act;
}

export interface Reason {
  reason: string;
  /** Code of the clause it rests on. */
  policy?: string;
}

export interface Acting {
  question: Question | null;
  /** The report whose receipt is open, by its command. */
  receipt: string | null;
  closeReceipt: () => void;
  /** Asks first where the act calls for it, else acts at once with the usual reason. */
  begin: (act: Act) => void;
  cancel: () => void;
  /** Answers the open question. @returns why it was refused, or null. */
  confirm: (act: Act, reason: Reason) => Promise<Refusal | null>;
  /** Acts at once, with a reason of one's own. @returns why it was refused, or null. */
  perform: (act: Act, reason: Reason) => Promise<Refusal | null>;
  /** Takes back an earlier command. */
  undo: (command: string) => void;
  /** Undoes the viewer's newest act that can be undone. */
  undoLast: () => void;
  isPending: (act: Act) => boolean;
}

const ASK_AGAIN: ReadonlySet<Refusal> = new Set<Refusal>(['busy', 'unavailable', 'stale']);

/** The way from a press to a command and back to words. Nothing is drawn before it is true. */
export function useActing(store: RoomStore, room: string): Acting {
  const { t } = useTranslation('room');
  const [question, setQuestion] = useState<Question | null>(null);
  const [receipt, setReceipt] = useState<string | null>(null);
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const lastDone = useRef<string | null>(null);
  /** The notice that offers to undo a command. */
  const offers = useRef(new Map<string, number>());

  const send = useCallback(
    async (act: Act, { reason, policy }: Reason, id: string) => {
      const command = { ...act, id, room, reason, ...(policy ? { policy } : {}) };
      const mark = pendingKey(act);
      setPending((now) => new Set(now).add(mark));
      const answer = await store.act(command as RoomCommandInput);
      setPending((now) => without(now, mark));
      return answer;
    },
    [store, room],
  );

  const nameOf = useCallback(
    (act: Act) => {
      const card = 'member' in act ? store.model.cards.get(act.member) : undefined;
      return isolate(card?.name ?? '');
    },
    [store],
  );

  const value = useMemo(() => {
    const undo = async (command: string, id = newCommandId()) => {
      const answer = await send({ name: 'undo', command }, { reason: t('usual.undo') }, id);
      if (answer.ok) {
        if (lastDone.current === command) lastDone.current = null;
        dismiss(offers.current.get(command) ?? 0);
        offers.current.delete(command);
        notifyDone(t('done.undo'));
      } else failed(answer.reason, () => undo(command, id));
    };
    const failed = (reason: Refusal, again: () => void) =>
      notifyFailure(t(`reasons:${reason}`), ASK_AGAIN.has(reason) ? again : undefined);
    const say = (act: Act, id: string) => {
      const text = t(`done.${actKey(act)}`, { name: nameOf(act) });
      if (!isUndoable(act.name)) {
        const more = { label: t('receipt.show'), open: () => setReceipt(id) };
        notifyDone(text, act.name === 'report' ? more : undefined);
        return;
      }
      lastDone.current = id;
      offers.current.set(
        id,
        notifyUndoable(text, () => undo(id)),
      );
    };
    const carry = async (act: Act, reason: Reason, id: string): Promise<Refusal | null> => {
      const answer = await send(act, reason, id);
      if (!answer.ok) return answer.reason;
      say(act, id);
      return null;
    };
    const atOnce = async (act: Act, id: string) => {
      const refusal = await carry(act, { reason: t(`usual.${actKey(act)}`) }, id);
      if (refusal) failed(refusal, () => atOnce(act, id));
    };
    const undoLast = () => {
      const own = store.aside?.commands.filter((one) => one.mine && !one.undone) ?? [];
      const newest = own.filter(({ name }) => isUndoable(name)).sort((a, b) => b.at - a.at)[0];
      const command = lastDone.current ?? newest?.id;
      if (command) void undo(command);
      else notifyDone(t('undo.nothing'));
    };
    return { undo: (command: string) => void undo(command), carry, atOnce, undoLast };
  }, [send, nameOf, store, t]);

  return {
    question,
    receipt,
    closeReceipt: () => setReceipt(null),
    begin(act) {
      // Said before the dialog, so that nobody writes a reason for nothing.
      if (store.connection.state !== 'live') notifyFailure(t('reasons:stale'));
      else if (isAsked(act)) setQuestion({ id: newCommandId(), act });
      else void value.atOnce(act, newCommandId());
    },
    cancel: () => setQuestion(null),
    async confirm(act, reason) {
      if (question === null) return null;
      const refusal = await value.carry(act, reason, question.id);
      if (refusal === null) setQuestion((now) => (now?.id === question.id ? null : now));
      return refusal;
    },
    perform: (act, reason) => value.carry(act, reason, newCommandId()),
    undo: value.undo,
    undoLast: value.undoLast,
    isPending: (act) => pending.has(pendingKey(act)),
  };
}

function pendingKey(act: Act): string {
  const on = 'member' in act ? act.member : 'command' in act ? act.command : '';
  return `${actKey(act)} ${on}`;
}

function without(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const rest = new Set(set);
  rest.delete(key);
  return rest;
}
