-- Removes about 500 tasks of a batch that are neither leased nor dead. ARGV: batch, cursor.
-- Returns how many were removed and the next cursor, 0 at the end.
even_when_full()
local batch = ARGV[1]
redis.call('HDEL', K .. 'z', batch)
local page = redis.call('SSCAN', K .. 'i:' .. batch, ARGV[2], 'COUNT', 500)
local removed = 0
if ARGV[2] == '0' then
  table.insert(page[2], first_of(batch))
end
for _, id in ipairs(page[2]) do
  local e = redis.call('HMGET', K .. 'e:' .. id, 's', 'l')
  if e[1] == 'r' or e[1] == 'd' or e[1] == 'p' then
    if e[1] == 'd' then
      redis.call('ZREM', K .. 'd', id)
    end
    count(e[2], e[1], -1)
    remove(id, batch)
    removed = removed + 1
  end
end
if page[1] == '0' then
  redis.call('DEL', K .. 'p:' .. batch)
end
end_step()
return { removed, page[1] }
