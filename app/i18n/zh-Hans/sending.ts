export const strings = {
  unsent: '没有收到回应，可能并未发出。您写的内容都还在：恢复联网后请重试。',
  prove: '确认是您本人',
};
