// Loaded before a server that the demo started: when the demo is gone, even by kill -9, so is it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
