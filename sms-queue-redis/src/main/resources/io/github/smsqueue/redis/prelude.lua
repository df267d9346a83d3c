-- Comes before every step. KEYS[1] is the prefix of all keys of one queue name, hash tag included.
local K = KEYS[1]

-- Milliseconds and microseconds of the server's clock.
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000), t[1] * 1000000 + t[2]
end

-- A whole number as text; tostring would round tokens.
local function int(n)
  return string.format('%.0f', n)
end

-- Every script begins with one of these two. Both name two keys that never exist: while a cluster moves
-- the slot of the queue to another node, such a command is refused by the old node and by the new one,
-- and the script with it. Half of the keys are on each node then, and a step must not see only half.
local function unless_moving()
  redis.call('EXISTS', K, K .. '-')
end

-- A script whose first write frees memory is not stopped by maxmemory: for all steps that must run
-- when Redis is full.
local function even_when_full()
  redis.call('DEL', K, K .. '-')
end

-- An opened batch of which no task is stored goes away; from now on this one stays.
local function keep(batch)
  local key = K .. 'b:' .. batch
  if redis.call('HDEL', key, 'pv') == 1 then
    redis.call('PERSIST', key)
    redis.call('PERSIST', K .. 's:' .. batch)
    redis.call('PERSIST', K .. 'm:' .. batch)
    local ik = redis.call('HGET', key, 'ik')
    if ik then
      redis.call('PERSIST', K .. 'k:' .. ik)
    end
  end
end
