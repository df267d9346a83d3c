-- Returns the age in ms of the oldest ready task, then field, count, ... of n.
even_when_full()
local now = clock()
sweep(now)
end_step()
local oldest = now
for lane in string.gmatch(ARGV[1], '.') do
  for _ = 1, 1000 do
    local id = redis.call('LINDEX', K .. 'r:' .. lane, -1)
    if not id then
      break
    end
    local e = redis.call('HMGET', K .. 'e:' .. id, 's', 'c')
    if e[1] == 'r' then
      oldest = math.min(oldest, tonumber(e[2]))
      break
    end
    redis.call('RPOP', K .. 'r:' .. lane)
  end
end
local reply = redis.call('HGETALL', K .. 'n')
table.insert(reply, 1, math.max(0, now - oldest))
return reply
