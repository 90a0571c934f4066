import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import postgres from 'postgres';
import { openDb } from '#db/client.ts';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { execute } from '#server/rooms/execute.ts';
import { addLeads, fillRoom } from './crowd.ts';

const dataDir = mkdtempSync('/tmp/prof-');
let server = await startEmbedded({ dataDir, durable: true });
await migrate({ ownerUrl: server.ownerUrl, appPassword: server.appPassword });
const o = postgres(server.ownerUrl, { max: 1, onnotice() {} });
await o.unsafe("alter system set shared_preload_libraries='pg_stat_statements'");
await o.unsafe("alter system set pg_stat_statements.track='all'");
await o.end();
await server.stop();
server = await startEmbedded({ dataDir, durable: true });
const owner = postgres(server.ownerUrl, { max: 1, onnotice() {} });
await owner.unsafe('create extension pg_stat_statements');
const conc = Number(process.argv[2] ?? 1);
const n = Number(process.argv[3] ?? 1000);
const db = openDb({ url: server.appUrl, max: conc });
const people: { room: string; member: string }[] = [];
const per = Math.ceil((n + 300) / 32);
for (let i = 0; i < 32; i++) {
  const ids = await fillRoom(db, `room${i}`, per);
  ids.forEach((member, k) => {
    people[k * 32 + i] = { room: `room${i}`, member };
  });
}
const leads = await addLeads(db, 400);
let next = 0;
const one = async () => {
  const i = next++;
  const r = await execute(db, leads[i % 400]!, {
    id: randomUUID(),
    name: 'mute',
    reason: 'Shouting',
    ...people[i]!,
  });
  if (!r.answer.ok) throw new Error(r.answer.reason);
};
for (let i = 0; i < 300; i++) await one();
await owner.unsafe('select pg_stat_statements_reset()');
const cpu0 = process.cpuUsage();
const t0 = performance.now();
await Promise.all(
  Array.from({ length: conc }, async () => {
    while (next < n + 300) await one();
  }),
);
const ms = performance.now() - t0;
const cpu = process.cpuUsage(cpu0);
console.log(
  `conc ${conc}: ${((n / ms) * 1000).toFixed(0)}/s, node cpu per act ${((cpu.user + cpu.system) / n).toFixed(0)}us`,
);
const rows = await owner.unsafe(
  `select calls, round((total_exec_time*1000/${n})::numeric,1) as us_per_act, round((mean_exec_time*1000)::numeric,1) us, toplevel t, left(regexp_replace(query,'\\s+',' ','g'),110) q from pg_stat_statements where calls > 5 order by toplevel desc, total_exec_time desc limit 40`,
);
for (const r of rows)
  console.log(
    `${r.t ? 'T' : ' '} ${String(r.calls).padStart(6)} ${String(r.us_per_act).padStart(8)} ${String(r.us).padStart(8)}  ${r.q}`,
  );
await owner.end();
await db.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
