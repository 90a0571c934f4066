export const strings = {
  title: '登录',
  help: '此链接只能使用一次。点按即可在本设备上登录。',
  enter: '在此登录',
  refused: '此链接已被使用或已过期，请索取新的链接。',
  noLink: '请打开发给你的一次性链接。管理员可以为你生成新的链接。',
};
