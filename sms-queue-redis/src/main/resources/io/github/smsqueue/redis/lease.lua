-- Takes tasks. ARGV: owner, lease ms, max, lanes in order of preference, one letter each.
-- Returns ms until the next due (0: come again at once, -1: none, or not looked for since there are
-- tasks), token, then id, batch, lane, attempt and payload of each task; '' for a payload that is too big
-- to pass through here. Not to be sent twice: a second run would take other tasks.
even_when_full()
local now, micros = clock()
sweep(now)
local max = tonumber(ARGV[3])
local reply, taken, budget, token = { 0, 0 }, 0, max + 1000, nil
local leases, till = {}, int(now + ARGV[2])

local function take(id, lane)
  local key = K .. 'e:' .. id
  local e = redis.call('HMGET', key, 's', 'b', 'a', 'p')
  if e[1] ~= 'r' then
    return
  end
  count(lane, 'r', -1)
  if pausing() and redis.call('HEXISTS', K .. 'z', e[2]) == 1 then
    redis.call('HSET', key, 's', 'p')
    redis.call('LPUSH', K .. 'p:' .. e[2], id)
    count(lane, 'p', 1)
    return
  end
  if not token then
    token = math.max((tonumber(redis.call('GET', K .. 't')) or 0) + 1, micros)
    redis.call('SET', K .. 't', int(token))
  end
  local attempt = tonumber(e[3]) + 1
  redis.call('HSET', key, 's', 'l', 'a', int(attempt), 't', int(token), 'o', ARGV[1])
  leases[#leases + 1] = till
  leases[#leases + 1] = id
  count(lane, 'l', 1)
  taken = taken + 1
  local payload = e[4] == '1' and redis.call('GET', K .. 'y:' .. id) or ''
  for _, value in ipairs({ id, e[2], lane, attempt, payload }) do
    reply[#reply + 1] = value
  end
end

-- The wake tokens of lanes in which nothing is ready.
local over = {}
for lane in string.gmatch(ARGV[4], '.') do
  local ready = K .. 'r:' .. lane
  local empty = false
  while taken < max and budget > 0 do
    local ids = redis.call('RPOP', ready, math.min(max - taken, budget))
    if not ids then
      empty = true
      break
    end
    budget = budget - #ids
    for _, id in ipairs(ids) do
      take(id, lane)
    end
  end
  if empty or redis.call('EXISTS', ready) == 0 then
    over[#over + 1] = K .. 'w:' .. lane
    woken[lane] = nil
  else
    wake(lane)
  end
end
send('ZADD', K .. 'l', leases, 1)
if over[1] then
  redis.call('DEL', unpack(over))
end
end_step()
reply[1] = budget == 0 and 0 or taken > 0 and -1 or next_due(now)
reply[2] = token or 0
return reply
