-- At most 500 parked tasks of a batch come back to the front of their lanes, in their order.
-- ARGV: batch. Returns how many came back and how many are left.
even_when_full()
local parked = K .. 'p:' .. ARGV[1]
redis.call('HDEL', K .. 'z', ARGV[1])
local moved = 0
for _, id in ipairs(redis.call('LPOP', parked, 500) or {}) do
  local e = redis.call('HMGET', K .. 'e:' .. id, 's', 'l')
  if e[1] == 'p' then
    redis.call('HSET', K .. 'e:' .. id, 's', 'r')
    count(e[2], 'p', -1)
    place(id, e[2], 'front')
    moved = moved + 1
  end
end
end_step()
return { moved, redis.call('LLEN', parked) }
