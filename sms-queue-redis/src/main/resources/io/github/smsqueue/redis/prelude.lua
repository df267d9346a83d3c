-- Comes before every step. KEYS[1] is the prefix of all keys of one queue name, hash tag included.
local K = KEYS[1]

-- Milliseconds and microseconds of the server's clock, which stands still for a script.
local time
local function clock()
  time = time or redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end

-- What all steps of one script know: the lanes that have a wake token, and whether a batch is paused.
local awake, paused = {}, nil

-- A whole number as text; tostring would round tokens. The steps of a script have many in common.
local texts = {}
local function int(n)
  local text = texts[n]
  if not text then
    text = string.format('%.0f', n)
    texts[n] = text
  end
  return text
end

-- Every script begins with one of these two. Both name two keys that never exist: while a cluster moves
-- the slot of the queue to another node, such a command is refused by the old node and by the new one,
-- and the script with it. Half of the keys are on each node then, and a step must not see only half.
local here
local function unless_moving()
  if not here then
    redis.call('EXISTS', K, K .. '-')
    here = true
  end
end

-- A script whose first write frees memory is not stopped by maxmemory: for all steps that must run
-- when Redis is full.
local freed
local function even_when_full()
  if not freed then
    redis.call('DEL', K, K .. '-')
    freed = true
  end
end

-- Where several steps go together, see each.lua, commands that they have in common wait for the end of
-- the script, which sends one for many values. No such step reads what waits.
local together, waiting = false, {}

local function later(command, key, ...)
  if not together then
    redis.call(command, K .. key, ...)
    return
  end
  local name = command .. key
  local values = waiting[name]
  if not values then
    values = { command, K .. key }
    waiting[name] = values
    waiting[#waiting + 1] = values
  end
  for n = 1, select('#', ...) do
    values[#values + 1] = (select(n, ...))
  end
end

-- A command with values from an index on, as many at a time as fit on the stack.
local AT_A_TIME = 1000

local function send(command, key, values, first)
  for from = first, #values, AT_A_TIME do
    redis.call(command, key, unpack(values, from, math.min(from + AT_A_TIME - 1, #values)))
  end
end

-- The batch is the latest one; a thousand are listed.
local cut
local function newest(batch, now)
  later('ZADD', 'recent', int(now), batch)
  if not cut then
    later('ZREMRANGEBYRANK', 'recent', 0, -1001)
    cut = true
  end
end

-- An opened batch of which no task is stored goes away; from now on this one stays.
local function keep(batch)
  local key = K .. 'b:' .. batch
  if redis.call('HDEL', key, 'pv') == 1 then
    redis.call('PERSIST', key)
    redis.call('PERSIST', K .. 's:' .. batch)
    local ik = redis.call('HGET', key, 'ik')
    if ik then
      redis.call('PERSIST', K .. 'k:' .. ik)
    end
  end
end
