export const strings = {
  title: '登录',
  enter: '在此登录',
  replaces: '这会结束以下人员当前的会话：',
  'ready.title': '登录 Rostrum',
  'ready.help': '此链接只能使用一次。点按即可在本设备上登录。',
  'refused.title': '此链接无法使用',
  'refused.help': '它已被使用、已过期或不完整。请向给您链接的人索取新的链接。',
  'tooMany.title': '登录次数过多',
  'tooMany.help': '此网络尝试得太频繁。您的链接没有被使用：请稍等一分钟，再次打开它。',
  'left.title': '您已退出',
  'noLink.title': '登录 Rostrum',
  'noLink.help': '用名称和密码，或用通行密钥。系统管理员可以邀请您。',
};
