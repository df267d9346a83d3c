-- Takes jobs from a plain list: first those whose taker has been silent for too long, then new ones,
-- as long as they have less than 8 MiB together. KEYS: list. ARGV: lease ms, max.
-- Returns id, job, ... Not to be sent twice: a second run would take other jobs.
local list, lease, max = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
-- A first write that frees memory: what follows must work when Redis is full. The keys never exist,
-- and a cluster that moves them refuses the command, as in the prelude.
redis.call('DEL', list .. ':', list .. ':-')
local reply, bytes = {}, 0

local function give(id, job)
  redis.call('ZADD', list .. ':leases', string.format('%.0f', now + lease), id)
  reply[#reply + 1] = id
  reply[#reply + 1] = job
  bytes = bytes + #job
end

local late = redis.call('ZRANGEBYSCORE', list .. ':leases', '-inf', now, 'LIMIT', 0, max)
for _, id in ipairs(late) do
  local job = redis.call('HGET', list .. ':taken', id)
  if job then
    give(id, job)
  else
    redis.call('ZREM', list .. ':leases', id)
  end
end
while #reply < 2 * max and bytes < 8388608 do
  local job = redis.call('RPOP', list)
  if not job then
    break
  end
  -- Unique even when the counter is lost.
  local id = redis.call('INCR', list .. ':seq') .. '-' .. t[1] .. string.format('%06d', t[2])
  redis.call('HSET', list .. ':taken', id, job)
  give(id, job)
end
return reply
