-- Opens a batch. ARGV: batch, lane, recipients, 1 when from a source, chunk size, expires after ms
-- or -1, retention ms, seconds that it stays when no task follows, hash of the idempotency key or '',
-- fingerprint or '', both as processes without the index key write them, or '', and for how many
-- recipients their letters lie in the hash of the batch. Returns batch, 1
-- when opened by this call, chunk size; or '' and the batch that has another fingerprint; and, to
-- submit.lua, whether the batch was there.
-- RedisScripts puts at_once before this: whether its tasks are stored in the same step.
unless_moving()
local now = clock()
local batch, ik, fingerprint, provisional = ARGV[1], ARGV[9], ARGV[10], ARGV[8]
local known, by = batch, ik
if ik ~= '' then
  local found = redis.call('GET', K .. 'k:' .. ik)
  if not found and ARGV[11] ~= '' then
    found = redis.call('GET', K .. 'k:' .. ARGV[11])
    by = found and ARGV[11] or ik
  end
  known = found or batch
end
if redis.call('EXISTS', K .. 'b:' .. known) == 1 then
  local b = redis.call('HMGET', K .. 'b:' .. known, 'k', 'fp', 'pv')
  local printed = b[2] or ''
  if printed ~= fingerprint and (by == ik or printed ~= ARGV[12]) then
    return { '', known }
  end
  if b[3] then
    for _, key in ipairs({ 'b:' .. known, 's:' .. known, 'k:' .. by }) do
      redis.call('EXPIRE', K .. key, provisional)
    end
  end
  return { known, known == batch and 1 or 0, tonumber(b[1]) }, true
end
-- The first write is one that a full Redis refuses.
local key = K .. 'b:' .. batch
local fields = { 'l', ARGV[2], 'cP', ARGV[3], 'xp', ARGV[4], 'k', ARGV[5], 'rt', ARGV[7],
  'cr', int(now) }
local function field(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
if not at_once then
  field('pv', 1)
end
if ARGV[6] ~= '-1' then
  field('ex', int(now + ARGV[6]))
end
if ik ~= '' then
  field('ik', ik)
  field('fp', fingerprint)
end
local recipients, few = tonumber(ARGV[3]), tonumber(ARGV[13])
local letters = string.rep('P', recipients)
if recipients > 0 and recipients <= few then
  field('s', letters)
end
redis.call('HSET', key, unpack(fields))
if recipients > few then
  redis.call('SET', K .. 's:' .. batch, letters)
end
if ik ~= '' then
  redis.call('SET', K .. 'k:' .. ik, batch)
end
if not at_once then
  for _, stored in ipairs({ key, K .. 's:' .. batch, K .. 'k:' .. ik }) do
    redis.call('EXPIRE', stored, provisional)
  end
end
newest(batch, now)
return { batch, 1, tonumber(ARGV[5]) }, false
