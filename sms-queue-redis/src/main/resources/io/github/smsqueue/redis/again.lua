-- A task comes back. ARGV: id, token, delay ms, 'front' or 'back', 1 when the attempt counts, else 0.
-- Returns 1, or 0 when stale.
even_when_full()
local now = clock()
local id, delay = ARGV[1], tonumber(ARGV[3])
local way = ARGV[4] .. ARGV[3]
local e, before = held(id, ARGV[2], way)
if not e then
  return { before }
end
end_lease(id, e)
local key = K .. 'e:' .. id
redis.call('HSET', key, 's', delay > 0 and 'd' or 'r', 'f', ARGV[2] .. way)
if ARGV[5] == '0' then
  redis.call('HINCRBY', key, 'a', -1)
end
place(id, e.lane, delay > 0 and 'd' or ARGV[4], int(now + delay))
end_step()
return { 1 }
