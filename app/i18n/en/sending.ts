export const strings = {
  unsent:
    'No answer came, so this may not have been sent. What you wrote is still here: try again once you are connected.',
  prove: 'Confirm that it’s you',
};
