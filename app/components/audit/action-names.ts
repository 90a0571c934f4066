/** Actions the log can hold, by what they are about; each has words under `log:action.<name>`. */
export const ACTIONS = {
  participant: [
    'participant.muted',
    'participant.allowed_to_speak',
    'participant.removed',
    'participant.readmitted',
    'participant.promoted',
    'participant.demoted',
    'participant.seated',
  ],
  hand: ['hand.lowered', 'hand.raised'],
  hands: ['hands.cleared', 'hands.opened', 'hands.closed'],
  room: [
    'room.opened',
    'room.ended',
    'room.locked',
    'room.unlocked',
    'room.calmed',
    'room.calm_reverted',
    'room.pinned',
    'room.purged',
  ],
  hand_over: ['hand_over.noted', 'hand_over.acknowledged'],
  incident: ['incident.opened'],
  report: ['report.filed'],
  operator: [
    'operator.added',
    'operator.role_granted',
    'operator.role_revoked',
    'operator.disabled',
    'operator.enabled',
  ],
  sign_in: [
    'sign_in_link.created',
    'sign_in.failed',
    'sign_in.throttled',
    'session.started',
    'session.ended',
    'session.purged',
    'session.proven',
    'operator.proven',
    'host.signed_in',
  ],
  credential: [
    'credential.password_set',
    'credential.passkey_added',
    'credential.passkey_removed',
    'credential.codes_set',
    'credential.codes_removed',
    'credential.recovery_codes_made',
    'credential.identity_linked',
    'credential.identity_unlinked',
    'credential.reset',
  ],
  key: [
    'platform_key.made',
    'platform_key.rotated',
    'platform_key.revoked',
    'join_token.made',
    'log_key.rotated',
    'log_key.retired',
  ],
  policy: ['policy.drafted', 'policy.published'],
  webhook: [
    'webhook.made',
    'webhook.secret_rotated',
    'webhook.disabled',
    'webhook.enabled',
    'webhook.deleted',
    'webhook.replayed',
  ],
  record: [
    'disclosure.requested',
    'log.exported',
    'log.corrected',
    'member.erased',
    'saved_view.made',
    'saved_view.deleted',
  ],
  command: [
    'command.mute',
    'command.allow_to_speak',
    'command.remove',
    'command.readmit',
    'command.promote',
    'command.demote',
    'command.lower_hand',
    'command.clear_hands',
    'command.report',
    'command.lock_room',
    'command.unlock_room',
    'command.end_room',
    'command.calm_room',
    'command.hand_over',
    'command.acknowledge_hand_over',
    'command.undo',
  ],
} as const;

export type ActionGroup = keyof typeof ACTIONS;
export const ACTION_GROUPS = Object.keys(ACTIONS) as ActionGroup[];

const KNOWN: ReadonlySet<string> = new Set(Object.values(ACTIONS).flat());

/** Whether there are words for an action; one of a later version is shown by its name alone. */
export function isKnownAction(name: string): boolean {
  return KNOWN.has(name);
}

/** Groups that the log can be narrowed to by one word: all of their actions begin with it. */
export function isOneObject(group: ActionGroup): boolean {
  return ACTIONS[group].length > 1 && ACTIONS[group].every((name) => name.startsWith(`${group}.`));
}
