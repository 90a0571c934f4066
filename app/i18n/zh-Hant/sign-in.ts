export const strings = {
  title: '登入',
  enter: '在此登入',
  replaces: '這會結束以下人員目前的工作階段：',
  'ready.title': '登入 Rostrum',
  'ready.help': '此連結只能使用一次。點按即可在本裝置上登入。',
  'refused.title': '此連結無法使用',
  'refused.help': '它已被使用、已過期或不完整。請向給你連結的人索取新的連結。',
  'left.title': '你已登出',
  'left.help': '要再次進入，請開啟新的登入連結。系統管理員可以為你產生。',
  'noLink.title': '登入 Rostrum',
  'noLink.help': '請開啟發給你的一次性連結。系統管理員可以為你產生新的連結。',
};
