-- A job is in the queue, or is rejected. KEYS: list. ARGV: id, and for a rejected job the rest of a
-- JSON object with the reason. Returns 1, or 0 when somebody else was faster.
local list, id = KEYS[1], ARGV[1]
redis.call('DEL', list .. ':', list .. ':-')
local job = redis.call('HGET', list .. ':taken', id)
if not job then
  return { 0 }
end
if ARGV[2] then
  local t = redis.call('TIME')
  local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
  redis.call('LPUSH', list .. ':rejected', job)
  redis.call('LPUSH', list .. ':rejected:reasons', '{"at":' .. now .. ',' .. ARGV[2])
end
redis.call('HDEL', list .. ':taken', id)
redis.call('ZREM', list .. ':leases', id)
return { 1 }
