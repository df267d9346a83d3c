-- The generic cell rate algorithm (ITU-T I.371). ARGV: limit, microseconds per segment, segments,
-- burst, how much of the burst this lane may use. Returns the microseconds to wait, 0 when granted.
-- The theoretical arrival time is kept as whole microseconds and a fraction, so that nothing is lost
-- at high rates.
even_when_full()
local _, now = clock()
local key = K .. 'g:' .. ARGV[1]
local interval, segments = tonumber(ARGV[2]), tonumber(ARGV[3])
local ahead = 0
local stored = redis.call('GET', key)
if stored then
  local whole, part = string.match(stored, '^(%d+)%.(%d+)$')
  -- Never more than the burst, even when the server's clock was set back.
  ahead = math.min(tonumber(whole) - now + tonumber('0.' .. part), tonumber(ARGV[4]) * interval)
end
local after = math.max(0, ahead) + segments * interval
local early = after - tonumber(ARGV[5]) * interval
if early > 0.0005 then
  return { math.ceil(early) }
end
local whole = math.floor(after)
local part = string.sub(string.format('%.9f', math.min(after - whole, 0.999999999)), 3)
redis.call('SET', key, int(now + whole) .. '.' .. part, 'PX', int(math.ceil(after / 1000) + 1000))
return { 0 }
