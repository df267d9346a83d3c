-- Adds one page of a source. ARGV: batch, token, first, count, '' or one letter for each, 1 when
-- last, then ordinal, note, ... Returns 1, or 0 when the page cannot be added any more.
local now = clock()
local batch, token, first, added = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local key, states = K .. 'b:' .. batch, K .. 's:' .. batch
if added == 0 then
  even_when_full()
end
local b = redis.call('HMGET', key, 'k', 'ca', 'xt', 'xf', 'xp', 'dn', 'ik')
local seen, seen_first = tonumber(b[3] or 0), tonumber(b[4] or -1)
local total = redis.call('STRLEN', states)
if not b[1] or b[2] or token < seen or first < seen_first or first > total then
  return { 0 }
end
if token == seen and first == seen_first then
  return { 1 }
end
if b[5] ~= '1' and first ~= seen_first then
  return { 0 }
end
local letters = ARGV[5] ~= '' and ARGV[5] or string.rep('P', added)
-- A page that is read again, since its tasks never entered the queue, replaces the first. The first
-- write is one that a full Redis refuses.
redis.call('HSET', key, 'xt', ARGV[2], 'xf', ARGV[3], 'xp', ARGV[6] == '1' and 0 or 1)
keep(batch)
if b[6] then
  uncomplete(batch, b[7])
end
if first < total then
  local tail = redis.call('GETRANGE', states, first, -1)
  for letter in string.gmatch(tail, '.') do
    shift(letter, -1)
  end
  for ordinal = first, total - 1 do
    redis.call('HDEL', K .. 'm:' .. batch, ordinal)
  end
  local head = first > 0 and redis.call('GETRANGE', states, 0, first - 1) or ''
  redis.call('SET', states, head .. letters)
else
  redis.call('APPEND', states, letters)
end
local _, pending = string.gsub(letters, 'P', 'P')
shift('P', pending)
shift('R', added - pending)
for n = 7, #ARGV, 2 do
  write_note(batch, ARGV[n], ARGV[n + 1])
end
complete(batch, now)
return { 1 }
