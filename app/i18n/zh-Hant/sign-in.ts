export const strings = {
  title: '登入',
  enter: '在此登入',
  replaces: '這會結束以下人員目前的工作階段：',
  'ready.title': '登入 Rostrum',
  'ready.help': '此連結只能使用一次。點按即可在本裝置上登入。',
  'refused.title': '此連結無法使用',
  'refused.help': '它已被使用、已過期或不完整。請向給您連結的人索取新的連結。',
  'tooMany.title': '登入次數過多',
  'tooMany.help': '此網路嘗試得太頻繁。您的連結沒有被使用：請稍等一分鐘，再次開啟它。',
  'left.title': '您已登出',
  'noLink.title': '登入 Rostrum',
  'noLink.help': '用名稱和密碼，或用通行密鑰。系統管理員可以邀請您。',
};
