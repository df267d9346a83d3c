-- A receipt that names a message id. ARGV: hash of the id, letter, note, ms that it waits when the id is
-- not known, and the hash as a process without the index key wrote it, or ''. Returns 1, batch and
-- ordinal, or 0.
even_when_full()
local now = clock()
local hash, letter, note = ARGV[1], ARGV[2], ARGV[3]
local batch, ordinal = indexed(hash, now)
if not batch and ARGV[5] ~= '' then
  batch, ordinal = indexed(ARGV[5], now)
end
if not batch then
  local key = K .. 'v:' .. hash
  local waiting = redis.call('GET', key)
  if not waiting or string.sub(waiting, 1, 1) == 'A' then
    redis.call('SET', key, letter .. note, 'PX', ARGV[4])
  end
  return { 0 }
end
if redis.call('EXISTS', K .. 'b:' .. batch) == 0 then
  return { 0 }
end
apply_receipt(batch, tonumber(ordinal), letter, note, now)
return { 1, batch, tonumber(ordinal) }
