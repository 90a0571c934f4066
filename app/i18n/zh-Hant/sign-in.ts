export const strings = {
  title: '登入',
  help: '此連結只能使用一次。點按即可在本裝置上登入。',
  enter: '在此登入',
  refused: '此連結已被使用或已過期，請索取新的連結。',
  noLink: '請開啟發給你的一次性連結。管理員可以為你產生新的連結。',
};
