import { type Command, InvalidArgumentError } from 'commander';
import { platformId } from '#app/domain/rooms/commands.ts';
import { ROLES, type Role } from '#app/domain/rooms/state.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { linkHost } from '#server/auth/host-links.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import { readProfile } from '#server/rooms/read-profile.ts';
import { printLink } from './operators.ts';
import type { Run } from './run.ts';
import { CLI_ACTOR, CommandError, withDatabase } from './session.ts';

interface Whom {
  room: string;
  member: string;
}

/** `rostrum host-link` and `rostrum join-token`: one member into one room. */
export function memberCommands(program: Command, run: Run): void {
  program
    .command('host-link')
    .description('print a one-time console link for a host or room moderator')
    .requiredOption('--room <id>', 'room', readId)
    .requiredOption('--member <id>', 'member', readId)
    .action(({ room, member }: Whom) =>
      withDatabase(run, async ({ db, config, consoleUrl }) => {
        const minutes = config.session.hostLinkMinutes;
        const linked = await linkHost(db, CLI_ACTOR, { room, member, minutes });
        if (!linked.ok) {
          const what = linked.why === 'room_not_found' ? 'live room' : 'member';
          throw new CommandError(`There is no such ${what}.`);
        }
        printLink(run, consoleUrl, linked.token, minutes);
      }),
    );
  program
    .command('join-token')
    .description("print a join token for a member's client")
    .requiredOption('--room <id>', 'room', readId)
    .requiredOption('--member <id>', 'member, known to Rostrum', readId)
    .option('--role <role>', `${ROLES.join(', ')}: on a first arrival`, readRoomRole, 'listener')
    .action(({ room, member, role }: Whom & { role: Role }) =>
      withDatabase(run, async ({ db, config, joinKeys }) => {
        const known = await readProfile(db, member);
        if (!known) throw new CommandError('There is no such member.');
        const { ref, profile } = known;
        const claims = { room, member, role, profile };
        const signed = await signJoinToken(joinKeys(), claims, config.joinTokenSeconds);
        await db.begin((tx) =>
          appendAudit(tx, [
            {
              action: 'join_token.made',
              outcome: 'accepted',
              occurred_at: Date.now(),
              actor: CLI_ACTOR,
              target_type: 'member',
              target: `member:${ref}`,
              room,
            },
          ]),
        );
        run.print(signed.token);
        run.remark(`Works until ${signed.expiresAt}.`);
      }),
    );
}

function readId(text: string): string {
  const parsed = platformId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('Ids have 1–64 of A–Z a–z 0–9 _ -.');
  return parsed.data;
}

function readRoomRole(text: string): Role {
  if (!ROLES.includes(text as Role)) throw new InvalidArgumentError(`Roles: ${ROLES.join(', ')}.`);
  return text as Role;
}
