-- A task is given up. ARGV: id, token, reason. Returns 1, or 0 when stale.
even_when_full()
local now = clock()
local id = ARGV[1]
local e, before = held(id, ARGV[2], 'dead')
if not e then
  return { before }
end
end_lease(id, e)
redis.call('HSET', K .. 'e:' .. id, 's', 'x', 'f', ARGV[2] .. 'dead', 'w', ARGV[3], 'u', int(now))
redis.call('ZADD', K .. 'x', int(now), id)
count(e.lane, 'x', 1)
end_step()
return { 1 }
