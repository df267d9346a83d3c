-- Dead tasks become ready again. ARGV: ids. Returns how many were dead.
even_when_full()
local found = 0
for _, id in ipairs(ARGV) do
  local e = redis.call('HMGET', K .. 'e:' .. id, 's', 'l')
  if e[1] == 'x' then
    redis.call('ZREM', K .. 'x', id)
    redis.call('HSET', K .. 'e:' .. id, 's', 'r', 'a', 0)
    redis.call('HDEL', K .. 'e:' .. id, 'w', 'u')
    count(e[2], 'x', -1)
    place(id, e[2], 'back')
    found = found + 1
  end
end
end_step()
return { found }
