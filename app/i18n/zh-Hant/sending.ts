export const strings = {
  unsent: '沒有收到回應，可能並未送出。您寫的內容都還在：恢復連線後請再試一次。',
  prove: '確認是您本人',
};
