-- Entries whose payloads were written before enter the queue. ARGV: '' when their lane may hold any
-- number of tasks, how many it may hold, or 0 when an earlier script of the same enqueue has looked; how
-- many more tasks later scripts of this enqueue bring; then id, batch, lane, delay ms, ... With a number
-- they are of one batch and lane.
-- Returns how many payloads were missing; or -1 and how many tasks the lane holds when there is no room:
-- then nothing is left of the batch.
unless_moving()
local now = clock()
local limit, more, batch, lane = ARGV[1], tonumber(ARGV[2]), ARGV[4], ARGV[5]
-- Room that is kept for the later scripts of an enqueue, by the time until which it is.
local kept, KEPT = K .. 'u:' .. lane, 60000

local function backlog()
  local held = 0
  for _, place in ipairs({ 'r', 'd', 'l', 'p' }) do
    held = held + (tonumber(redis.call('HGET', K .. 'n', lane .. place)) or 0)
  end
  for _, room in ipairs(redis.call('ZRANGEBYSCORE', kept, '(' .. int(now), '+inf')) do
    held = held + tonumber(string.match(room, '%d+$'))
  end
  return held
end

-- Whether a task of the batch was stored before: it has its room then.
local function admitted()
  if has_tasks(batch) then
    return true
  end
  local b = redis.call('HMGET', K .. 'b:' .. batch, 'k', 'pv')
  return b[1] and not b[2]
end

-- An opened batch of which no task is stored goes away at once.
local function forget()
  local key = K .. 'b:' .. batch
  if redis.call('HEXISTS', key, 'pv') == 1 then
    local ik = redis.call('HGET', key, 'ik')
    if ik then
      redis.call('DEL', K .. 'k:' .. ik)
    end
    redis.call('DEL', key, K .. 's:' .. batch, K .. 'm:' .. batch)
    redis.call('ZREM', K .. 'recent', batch)
  end
end

local verdicts, seen, fresh = {}, {}, 0
for n = 3, #ARGV, 4 do
  verdicts[n] = seen[ARGV[n]] and 0 or addable(ARGV[n])
  seen[ARGV[n]] = true
  fresh = fresh + math.abs(verdicts[n])
end
if limit ~= '' and limit ~= '0' and fresh > 0 and not admitted() then
  local held = backlog()
  if held + fresh + more > tonumber(limit) then
    for n, verdict in pairs(verdicts) do
      if verdict == 1 then
        redis.call('DEL', K .. 'y:' .. ARGV[n])
      end
    end
    forget()
    return { -1, held }
  end
end

local missing, batches = 0, {}
for n = 3, #ARGV, 4 do
  local id, of = ARGV[n], ARGV[n + 1]
  if verdicts[n] == 1 then
    add(id, of, ARGV[n + 2], tonumber(ARGV[n + 3]), now)
  elseif verdicts[n] == -1 then
    missing = missing + 1
  end
  batches[of] = true
end
for of in pairs(batches) do
  keep(of)
end
if limit ~= '' then
  redis.call('ZREM', kept, batch .. ':' .. more + (#ARGV - 2) / 4)
  if more > 0 then
    redis.call('ZADD', kept, int(now + KEPT), batch .. ':' .. more)
    redis.call('PEXPIRE', kept, KEPT)
  end
end
end_step()
return { missing }
