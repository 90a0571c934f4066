export const strings = {
  title: 'Sign in',
  help: 'This link works once. Press to use it on this device.',
  enter: 'Sign in here',
  refused: 'This link has been used or has expired. Ask for a new one.',
  noLink: 'Open the one-time link you were given. An admin can make you a new one.',
};
