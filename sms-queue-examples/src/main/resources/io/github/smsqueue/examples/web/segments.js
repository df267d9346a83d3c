// How a text is cut into SMS parts: the same counting as the library's SmsSegments.

// 3GPP TS 23.038, 6.2.1: the default alphabet, and its extension table, of two septets each.
const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  + 'ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
BASIC.delete('\u001b');
const EXTENDED = new Set('\f^{}\\[~]|€');

/** The encoding, the number of parts, and how many units (septets, UTF-16 units) the last has left. */
export function segments(content) {
  const gsm7 = [...content].every((each) => BASIC.has(each) || EXTENDED.has(each));
  const [one, many] = gsm7 ? [160, 153] : [70, 67];
  const sizes = [...content].map((each) => (gsm7 ? (EXTENDED.has(each) ? 2 : 1) : each.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= one) {
    return { encoding: gsm7 ? 'GSM7' : 'UCS2', parts: 1, left: one - units };
  }
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > many) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding: gsm7 ? 'GSM7' : 'UCS2', parts, left: many - used };
}
