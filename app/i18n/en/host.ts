export const strings = {
  title: 'Your room',
  'ready.title': 'Moderate your room',
  'ready.help': 'This link works once, on this device, for this one room.',
  enter: 'Open my room',
  'missing.title': 'There is no link here',
  'missing.help': 'Go back to your audio app and tap the button that opens the console.',
  'expired.title': 'This link has expired',
  'expired.help':
    'Links live for a few minutes. Go back to your audio app and tap again for a new one.',
  'used.title': 'This link has been used',
  'used.help':
    'It opens your room once. If that was not you, tell your platform. Tap again in your audio app for a new one.',
  'early.title': 'This link does not work yet',
  'early.help': 'Wait a minute and tap again in your audio app.',
  'unusable.title': 'This link can’t be used',
  'unusable.help':
    'It is not complete, or was not made for this console. Tap again in your audio app.',
  'room_closed.title': 'This room has ended',
  'room_closed.help': 'Nothing is left to moderate here.',
  'not_host.title': 'You don’t host this room now',
  'not_host.help':
    'Enter the room in your audio app first, as its host or moderator; then tap again.',
  'unavailable.title': 'The link can’t be checked now',
  'unavailable.help':
    'Your platform does not answer. Your link was not used: open it again in a minute.',
  'too_many.title': 'Too many sign-ins at once',
  'too_many.help': 'This network has tried too often. Wait a minute, then open the link again.',
};
