-- What the steps of the queue share. An entry's place is one letter of its hash, field s:
-- r ready, d delayed, l leased, p parked, x dead. Lists and sorted sets follow it; only r: and p: may
-- hold ids that have left (ghosts), which whoever pops them skips.
local tally, woken = {}, {}

-- For how many ms a write may be sent again.
local RESENT = 20000

local function count(lane, place, by)
  local field = lane .. place
  tally[field] = (tally[field] or 0) + by
end

local function wake(lane)
  woken[lane] = true
end

-- Whether any batch is paused; no step makes it so but one that is alone in its script.
local function pausing()
  if paused == nil then
    paused = redis.call('EXISTS', K .. 'z') == 1
  end
  return paused
end

-- What waits for the end of the script: commands, counts, and one waiter per lane that is woken.
local function send_all()
  for _, values in ipairs(waiting) do
    send(values[1], values[2], values, 3)
  end
  waiting = {}
  for field, by in pairs(tally) do
    if by ~= 0 then
      redis.call('HINCRBY', K .. 'n', field, int(by))
    end
  end
  tally = {}
  for lane in pairs(woken) do
    local key = K .. 'w:' .. lane
    if not awake[lane] and redis.call('EXISTS', key) == 0 then
      redis.call('LPUSH', key, '1')
    end
    awake[lane] = true
  end
  woken = {}
end

-- The last act of a step, or of the script of several that go together.
local function end_step()
  if not together then
    send_all()
  end
end

-- Puts an id into its lane's list or among the delayed; its hash and count follow separately.
local function place(id, lane, at, due)
  if at == 'd' then
    redis.call('ZADD', K .. 'd', due, id)
    if redis.call('ZRANGE', K .. 'd', 0, 0)[1] == id then
      wake(lane)
    end
    count(lane, 'd', 1)
  else
    later(at == 'front' and 'RPUSH' or 'LPUSH', 'r:' .. lane, id)
    wake(lane)
    count(lane, 'r', 1)
  end
end

-- The id of the task that most batches have alone: it is found without the set of their ids.
local function first_of(batch)
  return batch .. ':0'
end

-- Adds a new entry whose payload is there; or with its payload, which is small. The first write may be
-- refused when Redis is full.
local function add(id, batch, lane, delay, now, small, alone)
  local at, key = delay > 0 and 'd' or 'r', K .. 'e:' .. id
  local unlisted = alone and id == first_of(batch)
  redis.call('HSET', key, 'b', batch, 'l', lane, 's', at, 'a', '0', 'c', int(now),
    'p', small and '1' or '0', 'i', unlisted and '0' or '1')
  if small then
    redis.call('SET', K .. 'y:' .. id, small)
  else
    redis.call('PERSIST', K .. 'y:' .. id)
  end
  if not unlisted then
    redis.call('SADD', K .. 'i:' .. batch, id)
  end
  place(id, lane, at, int(now + delay))
end

-- Whether a task of the batch is in the queue.
local function has_tasks(batch)
  return redis.call('EXISTS', K .. 'i:' .. batch, K .. 'e:' .. first_of(batch)) > 0
end

-- Whether an entry can be added (1), is known already (0), or its payload has not arrived (-1).
local function addable(id)
  if redis.call('EXISTS', K .. 'e:' .. id) == 1 then
    return 0
  end
  if redis.call('STRLEN', K .. 'y:' .. id) > 0 then
    return 1
  end
  return redis.call('EXISTS', K .. 'y:' .. id) - 1
end

-- The entry of a lease that still holds; else nil, and 1 when this very lease was settled the same way
-- before, as field f remembers.
local function held(id, token, way)
  local e = redis.call('HMGET', K .. 'e:' .. id, 's', 't', 'l', 'b', 'c', 'f', 'p', 'i')
  if e[1] == 'l' and e[2] == token then
    return {
      lane = e[3], batch = e[4], created = tonumber(e[5]), small = e[7] == '1', unlisted = e[8] == '0'
    }
  end
  return nil, way and e[6] == token .. way and 1 or 0
end

local function end_lease(id, e)
  later('ZREM', 'l', id)
  count(e.lane, 'l', -1)
end

-- Takes what is left of an entry out of the queue.
local function remove(id, batch, unlisted)
  local ids, entry, payload = K .. 'i:' .. batch, K .. 'e:' .. id, K .. 'y:' .. id
  if not unlisted then
    redis.call('SREM', ids, id)
  end
  local first = first_of(batch)
  local others = redis.call('EXISTS', ids) == 1
    or id ~= first and redis.call('EXISTS', K .. 'e:' .. first) == 1
  if others then
    redis.call('DEL', entry, payload)
  else
    redis.call('DEL', entry, payload, K .. 'p:' .. batch)
    if pausing() then
      redis.call('HDEL', K .. 'z', batch)
    end
  end
end

-- Makes at most 100 due entries and at most 100 entries of ended leases ready.
local function sweep(now)
  local due = redis.call('ZRANGEBYSCORE', K .. 'd', '-inf', int(now), 'LIMIT', 0, 100)
  for _, id in ipairs(due) do
    redis.call('ZREM', K .. 'd', id)
    local lane = redis.call('HGET', K .. 'e:' .. id, 'l')
    if lane then
      redis.call('HSET', K .. 'e:' .. id, 's', 'r')
      count(lane, 'd', -1)
      place(id, lane, 'r')
    end
  end
  local ended = redis.call('ZRANGEBYSCORE', K .. 'l', '-inf', int(now), 'LIMIT', 0, 100)
  for n = #ended, 1, -1 do
    local id = ended[n]
    redis.call('ZREM', K .. 'l', id)
    local lane = redis.call('HGET', K .. 'e:' .. id, 'l')
    if lane then
      redis.call('HSET', K .. 'e:' .. id, 's', 'r')
      count(lane, 'l', -1)
      place(id, lane, 'front')
    end
  end
end

-- Milliseconds until the next delay or lease ends; -1 when there is none.
local function next_due(now)
  local next = -1
  for _, key in ipairs({ 'd', 'l' }) do
    local first = redis.call('ZRANGE', K .. key, 0, 0, 'WITHSCORES')
    if first[2] then
      local rest = math.max(0, tonumber(first[2]) - now)
      next = next < 0 and rest or math.min(next, rest)
    end
  end
  return next
end
