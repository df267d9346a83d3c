-- A task goes on with another payload, and its children enter the queue. ARGV: id, token, then id,
-- batch, lane, delay ms of each child. The new payload is in c:<id>:<token>, and so is each child's
-- under its own id: what a lost lease has written reaches no task.
-- Returns 1, 0 when stale, or -1 when a payload is missing; only with 1 anything has changed.
unless_moving()
local now = clock()
local id, token = ARGV[1], ARGV[2]

local function written(of)
  return K .. 'c:' .. of .. ':' .. token
end

local e, before = held(id, token, 'next')
if not e then
  redis.call('DEL', written(id))
  for n = 3, #ARGV, 4 do
    redis.call('DEL', written(ARGV[n]))
  end
  return { before }
end
local fresh, seen = {}, {}
for n = 3, #ARGV, 4 do
  local child = ARGV[n]
  if not seen[child] and addable(child) ~= 0 then
    if redis.call('EXISTS', written(child)) == 0 then
      return { -1 }
    end
    fresh[n] = true
  end
  seen[child] = true
end
if redis.call('EXISTS', written(id)) == 0 then
  return { -1 }
end
-- The first write is one that a full Redis refuses.
redis.call('HSET', K .. 'e:' .. id, 's', 'r', 'a', 0, 'f', token .. 'next', 'p', 0)
end_lease(id, e)
redis.call('RENAME', written(id), K .. 'y:' .. id)
redis.call('PERSIST', K .. 'y:' .. id)
place(id, e.lane, 'front')
for n = 3, #ARGV, 4 do
  if fresh[n] then
    redis.call('RENAME', written(ARGV[n]), K .. 'y:' .. ARGV[n])
    add(ARGV[n], ARGV[n + 1], ARGV[n + 2], tonumber(ARGV[n + 3]), now)
  end
end
for child in pairs(seen) do
  redis.call('DEL', written(child))
end
end_step()
return { 1 }
