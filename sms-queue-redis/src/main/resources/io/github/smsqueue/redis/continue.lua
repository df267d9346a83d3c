-- A task goes on with another payload, and its children enter the queue. ARGV: id, token, then id,
-- batch, lane, delay ms of each child. The new payload is in c:<id>:<token>.
-- Returns 1, 0 when stale, or -1 when a payload is missing; only with 1 anything has changed.
unless_moving()
local now = clock()
local id, token = ARGV[1], ARGV[2]
local next = K .. 'c:' .. id .. ':' .. token
local e, before = held(id, token, 'next')
if not e then
  redis.call('DEL', next)
  return { before }
end
local fresh = {}
for n = 3, #ARGV, 4 do
  local verdict = addable(ARGV[n])
  if verdict == -1 then
    return { -1 }
  end
  fresh[n] = verdict == 1
end
if redis.call('EXISTS', next) == 0 then
  return { -1 }
end
-- The first write is one that a full Redis refuses.
redis.call('HSET', K .. 'e:' .. id, 's', 'r', 'a', 0, 'f', token .. 'next')
end_lease(id, e)
redis.call('RENAME', next, K .. 'y:' .. id)
redis.call('PERSIST', K .. 'y:' .. id)
place(id, e.lane, 'front')
for n = 3, #ARGV, 4 do
  if fresh[n] then
    add(ARGV[n], ARGV[n + 1], ARGV[n + 2], tonumber(ARGV[n + 3]), now)
  end
end
finish()
return { 1 }
