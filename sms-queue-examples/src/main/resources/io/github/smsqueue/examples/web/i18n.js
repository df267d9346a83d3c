// The texts of the page. A text may have {placeholders}; a function picks the form of a number.

const TEXTS = {
  zh: {
    'tagline': '可嵌入的异步批量短信队列',
    'language': '语言',
    'connection.live': '实时',
    'connection.connecting': '连接中…',
    'connection.unavailable': '队列不可用',
    'connection.lost': '连接断开，正在重连…',
    'send.title': '发送短信',
    'send.mobiles': '手机号码',
    'send.mobiles.count': '{n} 个号码',
    'send.mobiles.hint': '每行一个，也可用逗号分隔；重复的号码只发一次。',
    'send.content': '短信内容',
    'send.content.count': '{encoding} · {n} 条 · 剩余 {left} 字',
    'encoding.GSM7': 'GSM-7',
    'encoding.UCS2': 'UCS-2',
    'estimate.recipients': '{n} 人',
    'estimate.segments': '计费 {n} 条',
    'estimate.time': '约 {time}',
    'estimate.duplicates': '重复 {n} 个',
    'estimate.invalid': '无效 {n} 个',
    'estimate.suppressed': '屏蔽 {n} 个',
    'send.content.default': '【示例】您的订单已发货，请注意查收。',
    'send.template': '模板 ID',
    'send.lane': '优先级',
    'send.submit': '立即发送',
    'send.customers': '发给数据库里的全部客户',
    'try.title': '试试失败的情况',
    'try.hint': '模拟网关对下列号段有特别的应答，点击即可加入号码：',
    'try.busy': '1999999… 限流：重试后进入死信',
    'try.refused': '1999998… 运营商拒绝',
    'try.silent': '1999997… 无应答：结果未知',
    'try.paused': '1999996… 余额不足：网关暂停，恢复后发出',
    'try.delivered': '1999995… 稍后收到回执：已送达',
    'answer.sending': '正在提交…',
    'answer.accepted': '请求已接收：{n} 个号码',
    'answer.customers': '请求已接收：正在后台读取客户表',
    'answer.duplicates': '去重 {n} 个',
    'answer.rejected': '无效 {n} 个',
    'answer.failed': '未提交：{reason}',
    'answer.network': '未提交：无法连接服务器',
    'answer.field.mobiles': '请检查手机号码',
    'answer.field.content': '请检查短信内容',
    'answer.field.template_id': '请检查模板 ID',
    'lane.URGENT': '紧急',
    'lane.NORMAL': '普通',
    'lane.BULK': '批量',
    'queue.title': '队列深度',
    'queue.tasks': '{n} 个任务',
    'queue.ready': '就绪',
    'queue.delayed': '延时',
    'queue.leased': '处理中',
    'queue.parked': '暂停',
    'queue.dead': '死信',
    'gateways.title': '网关',
    'gateways.empty': '还没有 worker 上报。',
    'gateway.live': '正常',
    'gateway.paused': '已暂停',
    'gateway.slowed': '已降速',
    'gateway.demoted': '已让位',
    'gateway.idle': '没有 worker',
    'gateway.workers': '{n} 个 worker',
    'gateway.rate': '{rate} 条/秒',
    'gateway.unlimited': '不限速',
    'gateway.errors': '错误率 {share}',
    'gateway.why': '{reason}（自 {time}）',
    'gateway.remaining': '{time} 后自动重试',
    'batches.title': '最近的批次',
    'batches.empty': '还没有批次，发送一条试试。',
    'batch.sending': '发送中',
    'batch.expanding': '读取客户中',
    'batch.paused': '已暂停',
    'batch.cancelled': '已取消',
    'batch.completed': '已完成',
    'batch.progress': '{done} / {total}',
    'batch.progress.label': '批次 {id} 的进度',
    'batch.took': '用时 {time}',
    'batch.pause': '暂停',
    'batch.resume': '继续',
    'batch.cancel': '取消',
    'state.PENDING': '待发送',
    'state.SENDING': '发送中',
    'state.SENT': '已发送',
    'state.DELIVERED': '已送达',
    'state.UNDELIVERED': '未送达',
    'state.REJECTED': '被拒绝',
    'state.FAILED': '失败',
    'state.UNKNOWN': '结果未知',
    'state.EXPIRED': '已过期',
    'state.SUPPRESSED': '已屏蔽',
    'state.CANCELLED': '已取消',
    'dead.title': '死信',
    'dead.hint': '重试次数用尽的任务保留在这里；重发只会再次呼叫其中失败的号码。',
    'dead.empty': '没有死信。',
    'dead.of': '批次 {id} · {n} 个号码',
    'dead.replay': '重发',
  },
  en: {
    'tagline': 'An embeddable queue for asynchronous batch SMS',
    'language': 'Language',
    'connection.live': 'Live',
    'connection.connecting': 'Connecting…',
    'connection.unavailable': 'Queue unavailable',
    'connection.lost': 'Connection lost, reconnecting…',
    'send.title': 'Send messages',
    'send.mobiles': 'Phone numbers',
    'send.mobiles.count': (n) => (n === 1 ? '{n} number' : '{n} numbers'),
    'send.mobiles.hint': 'One a line, or separated by commas; a number given twice gets one message.',
    'send.content': 'Text',
    'send.content.count': (n) => (n === 1 ? '{encoding} · {n} segment · {left} left' : '{encoding} · {n} segments · {left} left'),
    'encoding.GSM7': 'GSM-7',
    'encoding.UCS2': 'UCS-2',
    'estimate.recipients': (n) => (n === 1 ? '{n} recipient' : '{n} recipients'),
    'estimate.segments': (n) => (n === 1 ? '{n} segment' : '{n} segments'),
    'estimate.time': 'about {time}',
    'estimate.duplicates': (n) => (n === 1 ? '{n} duplicate' : '{n} duplicates'),
    'estimate.invalid': '{n} invalid',
    'estimate.suppressed': '{n} suppressed',
    'send.content.default': 'Your order has been shipped and will arrive tomorrow.',
    'send.template': 'Template id',
    'send.lane': 'Priority',
    'send.submit': 'Send now',
    'send.customers': 'Send to all customers in the database',
    'try.title': 'Try what can go wrong',
    'try.hint': 'The simulated gateway answers these numbers in its own way; click to add one:',
    'try.busy': '1999999… throttled: retried, then a dead letter',
    'try.refused': '1999998… refused by the carrier',
    'try.silent': '1999997… no answer: outcome unknown',
    'try.paused': '1999996… no balance: the gateway pauses, and sends when resumed',
    'try.delivered': '1999995… delivered: a receipt comes after a second',
    'answer.sending': 'Submitting…',
    'answer.accepted': (n) => (n === 1 ? 'Accepted: {n} number' : 'Accepted: {n} numbers'),
    'answer.customers': 'Accepted: the customers are being read in the background',
    'answer.duplicates': (n) => (n === 1 ? '{n} duplicate dropped' : '{n} duplicates dropped'),
    'answer.rejected': '{n} invalid',
    'answer.failed': 'Not submitted: {reason}',
    'answer.network': 'Not submitted: the server cannot be reached',
    'answer.field.mobiles': 'check the phone numbers',
    'answer.field.content': 'check the text',
    'answer.field.template_id': 'check the template id',
    'lane.URGENT': 'Urgent',
    'lane.NORMAL': 'Normal',
    'lane.BULK': 'Bulk',
    'queue.title': 'Queue depth',
    'queue.tasks': (n) => (n === 1 ? '{n} task' : '{n} tasks'),
    'queue.ready': 'ready',
    'queue.delayed': 'delayed',
    'queue.leased': 'in work',
    'queue.parked': 'paused',
    'queue.dead': 'dead',
    'gateways.title': 'Gateways',
    'gateways.empty': 'No worker has reported yet.',
    'gateway.live': 'Working',
    'gateway.paused': 'Paused',
    'gateway.slowed': 'Slowed down',
    'gateway.demoted': 'Others go first',
    'gateway.idle': 'No worker',
    'gateway.workers': (n) => (n === 1 ? '{n} worker' : '{n} workers'),
    'gateway.rate': '{rate} segments/s',
    'gateway.unlimited': 'no limit',
    'gateway.errors': '{share} errors',
    'gateway.why': '{reason} (since {time})',
    'gateway.remaining': 'tried again in {time}',
    'batches.title': 'Recent batches',
    'batches.empty': 'No batches yet. Send one!',
    'batch.sending': 'Sending',
    'batch.expanding': 'Reading customers',
    'batch.paused': 'Paused',
    'batch.cancelled': 'Cancelled',
    'batch.completed': 'Completed',
    'batch.progress': '{done} of {total}',
    'batch.progress.label': 'Progress of batch {id}',
    'batch.took': 'took {time}',
    'batch.pause': 'Pause',
    'batch.resume': 'Resume',
    'batch.cancel': 'Cancel',
    'state.PENDING': 'pending',
    'state.SENDING': 'sending',
    'state.SENT': 'sent',
    'state.DELIVERED': 'delivered',
    'state.UNDELIVERED': 'undelivered',
    'state.REJECTED': 'rejected',
    'state.FAILED': 'failed',
    'state.UNKNOWN': 'unknown',
    'state.EXPIRED': 'expired',
    'state.SUPPRESSED': 'suppressed',
    'state.CANCELLED': 'cancelled',
    'dead.title': 'Dead letters',
    'dead.hint': 'Tasks that used up their attempts stay here. A replay calls the failed numbers again, and only those.',
    'dead.empty': 'No dead letters.',
    'dead.of': (n) => (n === 1 ? 'batch {id} · {n} number' : 'batch {id} · {n} numbers'),
    'dead.replay': 'Replay',
  },
};

const STORED = 'sms-queue.language';
let language = localStorage.getItem(STORED)
  ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

export function currentLanguage() {
  return language;
}

export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem(STORED, chosen);
}

export function number(n) {
  return n.toLocaleString(language);
}

/** A text; `n` chooses its form and stands in for {n}. */
export function text(key, n, values = {}) {
  const found = TEXTS[language][key] ?? key;
  const form = typeof found === 'function' ? found(n) : found;
  return form.replace(/\{(\w+)\}/g, (all, name) => (name === 'n' ? number(n) : values[name] ?? all));
}

export function has(key) {
  return key in TEXTS[language];
}

export function time(iso) {
  return new Date(iso).toLocaleTimeString(language, { hour12: false });
}

export function share(part) {
  return part.toLocaleString(language, { style: 'percent' });
}

export function money(amount, currency) {
  return Number(amount).toLocaleString(language, { style: 'currency', currency, maximumFractionDigits: 3 });
}

export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0
    ? `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
    : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

/** Fills in every element that names its text. */
export function translate(root) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const element of root.querySelectorAll('[data-i18n]')) {
    element.textContent = text(element.dataset.i18n);
  }
  for (const element of root.querySelectorAll('[data-i18n-label]')) {
    element.setAttribute('aria-label', text(element.dataset.i18nLabel));
  }
}
