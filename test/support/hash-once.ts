import { openPasswordHasher } from '#server/auth/password-hash.ts';

// Hashes one password, says so, and then has nothing more to do; with `wait` it stays all the same.
const hash = await openPasswordHasher({ lanes: 1 }).hash('nine purple otters waltz');
console.log(hash === null ? 'busy' : 'hashed');
if (process.argv[2] === 'wait') setInterval(() => {}, 60_000);
