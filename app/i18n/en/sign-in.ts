export const strings = {
  title: 'Sign in',
  enter: 'Sign in here',
  replaces: 'This ends the present session of:',
  'ready.title': 'Sign in to Rostrum',
  'ready.help': 'This link works once. Press to use it on this device.',
  'refused.title': 'This link can’t be used',
  'refused.help':
    'It has been used before, has expired or is not complete. Ask whoever gave it to you for a new one.',
  'tooMany.title': 'Too many sign-ins at once',
  'tooMany.help':
    'This network has tried too often. Your link was not used: wait a minute, then open it again.',
  'left.title': 'You are signed out',
  'noLink.title': 'Sign in to Rostrum',
  'noLink.help': 'With your name and password, or with a passkey. An admin can invite you.',
};
