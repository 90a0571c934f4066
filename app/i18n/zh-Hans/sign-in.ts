export const strings = {
  title: '登录',
  enter: '在此登录',
  replaces: '这会结束以下人员当前的会话：',
  'ready.title': '登录 Rostrum',
  'ready.help': '此链接只能使用一次。点按即可在本设备上登录。',
  'refused.title': '此链接无法使用',
  'refused.help': '它已被使用、已过期或不完整。请向给你链接的人索取新的链接。',
  'left.title': '你已退出',
  'left.help': '要再次进入，请打开新的登录链接。系统管理员可以为你生成。',
  'noLink.title': '登录 Rostrum',
  'noLink.help': '请打开发给你的一次性链接。系统管理员可以为你生成新的链接。',
};
