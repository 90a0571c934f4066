// A hashing process that is there, takes its orders, and answers none.
process.on('message', () => {});
process.on('disconnect', () => process.exit());
