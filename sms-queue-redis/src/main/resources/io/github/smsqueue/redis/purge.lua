-- Dead tasks go away. ARGV: ids. Returns how many were dead.
even_when_full()
local found = 0
for _, id in ipairs(ARGV) do
  local e = redis.call('HMGET', K .. 'e:' .. id, 's', 'l', 'b')
  if e[1] == 'x' then
    redis.call('ZREM', K .. 'x', id)
    count(e[2], 'x', -1)
    remove(id, e[3])
    found = found + 1
  end
end
end_step()
return { found }
