import { registerHooks } from 'node:module';

// Preloaded. Node looks up the format of each of drizzle's hundred files, and parses its package's
// 170 kB list of exports every time: half of what a program here takes to start.
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && parentURL?.includes('/node_modules/drizzle-orm/')) {
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
});
